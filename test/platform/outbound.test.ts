/** What the client makes of servers that are slow, broken or hostile. Each of them is a real one. */
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { callOnce, get, outcomeOf, testOutbound } from '../support/outbound.ts';
import { outsideWorld, sendJson, startRawUpstream, startUpstream } from '../support/upstream.ts';
import type { Upstream } from '../support/upstream.ts';

const json = { 'Content-Type': 'application/json' };

/** Answers the first request by the first of these, and so on; the last one answers all others, too. */
function inTurn(...answers: RequestListener[]): RequestListener {
  let turn = 0;
  return (request, response) => {
    answers[Math.min(turn, answers.length - 1)]?.(request, response);
    turn += 1;
  };
}

const status =
  (code: number, headers = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, headers).end();
const good: RequestListener = (_request, response) => sendJson(response, { rate: 1.08 });
const body =
  (bytes: string | Uint8Array, headers = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { ...json, ...headers }).end(bytes);

describe('a server that is well', () => {
  test('is asked for JSON, by the whole URL', async () => {
    await using upstream = await startUpstream(good);
    expect(await callOnce(`${upstream.url}/rates?base=EUR`)).toEqual({ rate: 1.08 });
    const [request] = upstream.requests;
    expect([request?.method, request?.url]).toEqual(['GET', '/rates?base=EUR']);
    expect(request?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'Accord' });
    expect(request?.headers).not.toHaveProperty('authorization');
  });

  test('gets user and password of the URL as a header', async () => {
    await using upstream = await startUpstream(good);
    await callOnce(upstream.url.replace('//', '//ada:s%40cret@'));
    const [request] = upstream.requests;
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('ada:s@cret').toString('base64')}`);
  });

  test('is called over connections that are there already', async () => {
    await using upstream = await startUpstream(good);
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    for (let call = 1; call <= 20; call += 1) expect(await get(target)).toEqual({ rate: 1.08 });
    // A call right after another may come before its connection is free.
    expect(upstream.requests).toHaveLength(20);
    expect(upstream.sockets.length).toBeLessThanOrEqual(2);
  });

  test.each([
    ['application/json; charset=UTF-8', '{"a":1}'],
    ['application/geo+json', '{"a":1}'],
    ['application/json', '\ufeff{"a":1}'],
  ])('may answer as %s', async (type, text) => {
    await using upstream = await startUpstream(body(text, { 'Content-Type': type }));
    expect(await callOnce(upstream.url)).toEqual({ a: 1 });
  });

  test.each([
    ['gzip', gzipSync('[1,2]')],
    ['deflate', deflateSync('[1,2]')],
    ['br', brotliCompressSync('[1,2]')],
  ])('may compress by %s', async (coding, bytes) => {
    await using upstream = await startUpstream(body(bytes, { 'Content-Encoding': coding }));
    expect(await callOnce(upstream.url)).toEqual([1, 2]);
    expect(upstream.requests[0]?.headers['accept-encoding']).toContain(coding);
  });
});

describe('a redirect', () => {
  test('is followed, without the password to another origin', async () => {
    await using next = await startUpstream(good);
    await using first = await startUpstream(status(307, { Location: `http://eve:x@next.test/here` }));
    const connect = outsideWorld({ 'first.test': first.port, 'next.test': next.port });
    expect(await callOnce('http://ada:secret@first.test/', { connect })).toEqual({ rate: 1.08 });
    expect(first.requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(next.requests[0]?.url).toBe('/here');
    expect(next.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('within one origin keeps the password', async () => {
    await using upstream = await startUpstream(inTurn(status(302, { Location: '/there' }), good));
    await callOnce(upstream.url.replace('//', '//ada:secret@'));
    const asked = upstream.requests.map(({ url, headers }) => [url, headers.authorization?.slice(0, 6)]);
    expect(asked).toEqual([
      ['/', 'Basic '],
      ['/there', 'Basic '],
    ]);
  });

  test('that leads in a circle ends after three', async () => {
    await using upstream = await startUpstream(status(302, { Location: '/' }));
    expect(await callOnce(upstream.url)).toBe('failed: it redirects more than 3 times');
    expect(upstream.requests).toHaveLength(4);
  });

  test.each([
    ['nowhere', {}, 'to nowhere'],
    ['what is no URL', { Location: 'http://:99999' }, 'to nowhere'],
    ['a file', { Location: 'file:///etc/passwd' }, 'to what is not HTTPS'],
    ['a script', { Location: 'data:application/json,1' }, 'to what is not HTTPS'],
  ])('to %s is not followed', async (_title, headers, reason) => {
    await using upstream = await startUpstream(status(302, headers));
    expect(await callOnce(upstream.url)).toBe(`failed: it redirects ${reason}`);
    expect(upstream.requests).toHaveLength(1);
  });
});

test('a redirect from HTTPS to HTTP is not followed', async () => {
  // The outside world of the tests needs no TLS.
  await using upstream = await startUpstream(status(302, { Location: 'http://source.test/' }));
  const connect = outsideWorld({ 'source.test': upstream.port });
  expect(await callOnce('https://source.test/', { connect })).toBe(
    'failed: it redirects to what is not HTTPS',
  );
});

describe('a reply that is no use', () => {
  test.each([
    ['that is not JSON', body('{"a":'), 'its reply is not valid JSON'],
    ['that is empty', body(''), 'its reply is not valid JSON'],
    ['that is not UTF-8', body(Buffer.from([0x22, 0xff, 0x22])), 'its reply is not valid JSON'],
    ['of another type', body('{}', { 'Content-Type': 'text/html' }), 'is not JSON by its Content-Type'],
    ['without a type', status(204), 'is not JSON by its Content-Type'],
    ['in Latin-1', body('{}', { 'Content-Type': 'application/json; charset=latin1' }), 'is not JSON by'],
    ['nested too deeply', body('['.repeat(65) + ']'.repeat(65)), 'is nested too deeply'],
    ['of too many values', body(`[${'1,'.repeat(100_000)}1]`), 'holds too many values'],
    [
      'with a coding too many',
      body('{}', { 'Content-Encoding': 'gzip, gzip' }),
      'a coding that was not asked',
    ],
    ['that is not found', status(404), 'it answers with status 404'],
  ])('%s is a failure at once', async (_title, answer, reason) => {
    await using upstream = await startUpstream(answer);
    expect(await callOnce(upstream.url)).toContain(`failed: `);
    expect(await callOnce(upstream.url)).toContain(reason);
    expect(upstream.requests).toHaveLength(2);
  });

  test('shows nothing of itself, not even in the log', async () => {
    await using upstream = await startUpstream(body('hunter2', { 'X-Token': 'hunter2' }));
    await using outbound = testOutbound();
    const url = `${upstream.url.replace('//', '//ada:hunter2@')}/?key=hunter2`;
    await outcomeOf(get(outbound.target({ name: '127.0.0.1/', url })));
    expect(outbound.logged).toMatchObject([{ level: 'warn', target: '127.0.0.1/', msg: 'a call failed' }]);
    expect(JSON.stringify(outbound.logged)).not.toContain('hunter2');
  });
});

describe('a reply without end', () => {
  const sent = ({ sockets }: Upstream) => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);

  test('of a gigabyte is cut off at a megabyte', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, json);
      pour(response, Buffer.alloc(65_536, 0x20), 16_384);
    });
    const before = process.memoryUsage().rss;
    expect(await callOnce(upstream.url)).toMatch(/^failed: its reply is larger/);
    expect(sent(upstream)).toBeLessThan(32 * 1_048_576);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1_048_576);
  });

  test('that says so is not even read', async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { ...json, 'Content-Length': 2 ** 30 }).flushHeaders();
    });
    expect(await callOnce(upstream.url)).toBe('failed: its reply is larger than 1048576 bytes');
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(64 * 1_048_576, 0x20))],
    ['br', brotliCompressSync(Buffer.alloc(64 * 1_048_576, 0x20))],
  ])('packed into a few bytes of %s is cut off at a megabyte', async (coding, bytes) => {
    await using upstream = await startUpstream(body(bytes, { 'Content-Encoding': coding }));
    const before = process.memoryUsage().rss;
    expect(await callOnce(upstream.url)).toBe('failed: its reply is larger than 1048576 bytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1_048_576);
  });

  test('that decompresses to nothing is cut off as well', async () => {
    const nothing = gzipSync('');
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' });
      pour(response, Buffer.concat(Array.from({ length: 1_000 }, () => nothing)), 16_384);
    });
    expect(await callOnce(upstream.url)).toMatch(/^failed: its reply is larger/);
  });

  test('in its headers breaks off', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      pour(socket, Buffer.from(`X-A: ${'a'.repeat(4_000)}\r\n`), 10_000);
    });
    expect(await callOnce(upstream.url)).toBe('failed: its reply broke off');
  });
});

describe('a server that is slow', () => {
  const silent: RequestListener = () => undefined;
  const stalling: RequestListener = (_request, response) => {
    response.writeHead(200, { ...json, 'Content-Length': 100 }).write('{"a":');
  };
  const dripping: RequestListener = (_request, response) => {
    response.writeHead(200, json);
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };

  test.each([
    ['says nothing', silent],
    ['stops in the middle', stalling],
    ['sends a byte now and then', dripping],
    ['redirects and then says nothing', inTurn(status(302, { Location: '/' }), silent)],
  ])('and %s is given up in time, with its connection', async (_title, answer) => {
    await using upstream = await startUpstream(answer);
    const startedAt = performance.now();
    expect(await callOnce(upstream.url, { timeoutMs: 300 })).toBe('timed_out: no answer within 300 ms');
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    await closed(upstream);
  });

  test('in accepting connections is given up in time', async () => {
    const never = () => undefined;
    const outcome = await callOnce('http://never.test/', { connect: never, timeoutMs: 200 });
    expect(outcome).toBe('timed_out: no answer within 200 ms');
  });

  test('is let go as soon as its caller leaves', async () => {
    await using upstream = await startUpstream(silent);
    await using outbound = testOutbound();
    const caller = new AbortController();
    const target = outbound.target({ name: 'source', url: upstream.url });
    const call = target.getJson({ signal: caller.signal });
    await upstream.asked;
    caller.abort(new Error('the caller left'));
    await expect(call).rejects.toThrow('the caller left');
    await closed(upstream);
    expect(outbound.logged).toEqual([]);
  });

  test('is not called at all for a caller who has left', async () => {
    await using upstream = await startUpstream(good);
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    await expect(target.getJson({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(upstream.sockets).toHaveLength(0);
  });

  test('is cut off when the client closes', async () => {
    await using upstream = await startUpstream(silent);
    const outbound = testOutbound();
    const call = outcomeOf(get(outbound.target({ name: 'source', url: upstream.url })));
    await upstream.asked;
    await outbound.close();
    expect(await call).toMatch(/^failed: |^unavailable: /);
    await closed(upstream);
  });

  test('does not get more calls at once than may be', async () => {
    await using upstream = await startUpstream(silent);
    await using outbound = testOutbound({ mostAtOnce: 2, timeoutMs: 300 });
    const target = outbound.target({ name: 'source', url: upstream.url });
    const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(get(target))));
    const late = 'timed_out: no answer within 300 ms';
    expect(outcomes).toEqual([late, late, 'unavailable: it is being called often enough']);
    expect(upstream.requests).toHaveLength(2);
  });
});

describe('a server that lies about the length of its reply', () => {
  const reply = (length: number, text: string) =>
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${text}`;

  test('by promising more than it sends has broken off', async () => {
    await using upstream = await startRawUpstream((socket) => socket.end(reply(100, '{"a":1}')));
    expect(await callOnce(upstream.url)).toBe('failed: its reply broke off');
    expect(upstream.sockets).toHaveLength(3);
  });

  test('by sending more than it promised is believed, and its connection is not used again', async () => {
    await using upstream = await startRawUpstream((socket) => {
      socket.write(reply(7, `{"a":1}${reply(11, '"injected!"')}`));
    });
    await using outbound = testOutbound();
    const target = outbound.target({ name: 'source', url: upstream.url });
    expect(await get(target)).toEqual({ a: 1 });
    expect(await get(target)).toEqual({ a: 1 });
    expect(upstream.sockets).toHaveLength(2);
  });

  test.each([
    ['both ways', 'Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n'],
    ['twice', 'Content-Length: 7\r\nContent-Length: 8\r\n\r\n{"a":1}'],
    ['by no number', 'Content-Length: -7\r\n\r\n{"a":1}'],
  ])('%s is not understood', async (_title, rest) => {
    const text = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${rest}`;
    await using upstream = await startRawUpstream((socket) => socket.end(text));
    expect(await callOnce(upstream.url)).toBe('failed: its reply broke off');
  });

  test('or speaks no HTTP at all is not understood', async () => {
    await using upstream = await startRawUpstream((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(await callOnce(upstream.url)).toBe('failed: its reply broke off');
  });
});

/** Writes `times` chunks, as fast as the reader takes them; in vain once the reader is gone. */
function pour(stream: ServerResponse | IncomingMessage['socket'], chunk: Uint8Array, times: number): void {
  let left = times;
  const write = () => {
    while (left > 0 && !stream.destroyed) {
      left -= 1;
      if (!stream.write(chunk)) {
        stream.once('drain', write);
        return;
      }
    }
    stream.end();
  };
  stream.on('error', () => undefined);
  write();
}

/** Waits until the other side has ended every connection: fails by the time limit of the test otherwise. */
async function closed({ sockets }: Upstream): Promise<void> {
  for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
}
