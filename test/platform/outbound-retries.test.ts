/** When the client asks again, when it waits, and when it leaves a server alone. */
import { describe, expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { createAddressGuard } from '#platform/outbound/addresses.ts';
import { guardedConnector } from '#platform/outbound/connector.ts';
import type { Connector } from '#platform/outbound/connector.ts';
import { OutboundError } from '#platform/outbound/outbound-error.ts';
import { retryAfterMs } from '#platform/outbound/retries.ts';
import { callOnce, get, outcomeOf, testOutbound } from '../support/outbound.ts';
import { sendJson, startRawUpstream, startUpstream } from '../support/upstream.ts';

const good: RequestListener = (_request, response) => sendJson(response, 'well');

/** So many times this status, and then all is well. */
function failing(times: number, status: number, headers = {}): RequestListener {
  let left = times;
  return (request, response) => {
    left -= 1;
    if (left >= 0) response.writeHead(status, headers).end();
    else good(request, response);
  };
}

describe('a call is repeated', () => {
  test.each([408, 429, 500, 502, 503, 504])('after %d, twice at most', async (status) => {
    await using recovering = await startUpstream(failing(2, status));
    expect(await callOnce(recovering.url)).toBe('well');
    await using broken = await startUpstream(failing(3, status));
    expect(await callOnce(broken.url)).toBe(`failed: it answers with status ${status}`);
    expect([recovering.requests.length, broken.requests.length]).toEqual([3, 3]);
  });

  test('when the connection is closed at once', async () => {
    let count = 0;
    await using upstream = await startUpstream((request, response) => {
      count += 1;
      if (count < 3) request.socket.destroy();
      else good(request, response);
    });
    expect(await callOnce(upstream.url)).toBe('well');
  });

  test('when the reply breaks off in the middle', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"');
    });
    expect(await callOnce(upstream.url)).toBe('failed: its reply broke off');
    expect(upstream.sockets).toHaveLength(3);
  });

  test('when nobody listens', async () => {
    const { url, [Symbol.asyncDispose]: stop } = await startUpstream(good);
    await stop();
    let attempts = 0;
    const guarded = guardedConnector(createAddressGuard(['127.0.0.1']));
    const connect: Connector = (options, callback) => {
      attempts += 1;
      guarded(options, callback);
    };
    expect(await callOnce(url, { connect })).toBe('unavailable: it cannot be reached');
    expect(attempts).toBe(3);
  });

  test('not before Retry-After', async () => {
    await using upstream = await startUpstream(failing(1, 429, { 'Retry-After': '1' }));
    const startedAt = performance.now();
    expect(await callOnce(upstream.url)).toBe('well');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(999);
  });

  test('not at all when Retry-After is later than the call may end', async () => {
    await using upstream = await startUpstream(failing(1, 503, { 'Retry-After': '11' }));
    const startedAt = performance.now();
    expect(await callOnce(upstream.url)).toBe('failed: it answers with status 503');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(upstream.requests).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 410, 422])('never after %d', async (status) => {
    await using upstream = await startUpstream(failing(1, status));
    expect(await callOnce(upstream.url)).toBe(`failed: it answers with status ${status}`);
    expect(upstream.requests).toHaveLength(1);
  });

  test('for nobody who has left in the meantime', async () => {
    await using upstream = await startUpstream(failing(1, 503, { 'Retry-After': '6' }));
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(200);
    await expect(target.getJson({ signal })).rejects.toHaveProperty('name', 'TimeoutError');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(upstream.requests).toHaveLength(1);
  });
});

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Wed, 25 Nov 2026 10:00:30 GMT', 30_000],
  ['Wed, 25 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['2026-11-25', undefined],
  [['1', '2'], undefined],
  [undefined, undefined],
])('Retry-After: %j is %j milliseconds', (header, milliseconds) => {
  expect(retryAfterMs(header, new Date('2026-11-25T10:00:00Z'))).toBe(milliseconds);
});

describe('a server that fails five times in a row', () => {
  const open = expect.stringMatching(/^unavailable: it has failed too often$/);
  const fails = 'failed: it answers with status 500';

  test('is left alone for ten seconds, then tried by one call', async () => {
    let isWell = false;
    await using upstream = await startUpstream((request, response) => {
      if (isWell) good(request, response);
      else response.writeHead(500, { 'Retry-After': '60' }).end();
    });
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    const call = () => outcomeOf(get(target));
    const calls = async (times: number) => Promise.all(Array.from({ length: times }, call));

    expect(await calls(5)).toEqual(Array.from({ length: 5 }, () => fails));
    expect(await call()).toEqual(open);
    outbound.clock.advance(9);
    expect(await call()).toEqual(open);
    expect(upstream.requests).toHaveLength(5);

    outbound.clock.advance(1);
    expect(await calls(3)).toEqual([fails, open, open]);
    expect(await call()).toEqual(open);
    expect(upstream.requests).toHaveLength(6);

    isWell = true;
    outbound.clock.advance(10);
    expect(await calls(3)).toEqual(['well', open, open]);
    expect(await calls(3)).toEqual(['well', 'well', 'well']);
  });

  test('says how long it is left alone', async () => {
    await using upstream = await startUpstream(failing(9, 500, { 'Retry-After': '60' }));
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    for (let times = 0; times < 5; times += 1) await outcomeOf(get(target));
    outbound.clock.advance(4);
    const refusal: unknown = await get(target).catch((error: unknown) => error);
    const leftMs = refusal instanceof OutboundError ? (refusal.retryAfterMs ?? 0) : 0;
    expect([leftMs > 5_000, leftMs <= 6_000]).toEqual([true, true]);
  });

  test('leaves other servers as they are', async () => {
    await using broken = await startUpstream(failing(9, 500, { 'Retry-After': '60' }));
    await using well = await startUpstream(good);
    await using outbound = testOutbound();
    const first = outbound.target({ name: 'broken', url: broken.url });
    const second = outbound.target({ name: 'well', url: well.url });
    for (let times = 0; times < 6; times += 1) await outcomeOf(get(first));
    expect([await outcomeOf(get(first)), await get(second)]).toEqual([open, 'well']);
  });
});

describe('the metrics', () => {
  test('count calls by target and outcome, and show who is left alone', async () => {
    await using upstream = await startUpstream(failing(6, 500, { 'Retry-After': '60' }));
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: `${upstream.url}/?key=hunter2` });
    for (let times = 0; times < 7; times += 1) await outcomeOf(get(target));
    const text = await outbound.registry.metrics();
    const count = 'outbound_request_duration_seconds_count';
    expect(text).toContain(`${count}{target="source",outcome="failed"} 5`);
    expect(text).toContain(`${count}{target="source",outcome="unavailable"} 2`);
    expect(text).toContain('outbound_breaker_open{target="source"} 1');
    expect(text).not.toContain('hunter2');
  });

  test('know the callers who did not wait', async () => {
    await using upstream = await startUpstream(() => undefined);
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    await target.getJson({ signal: AbortSignal.timeout(50) }).catch(() => undefined);
    expect(await outbound.registry.metrics()).toContain('{target="source",outcome="abandoned"} 1');
  });
});
