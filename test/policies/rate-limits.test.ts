import { describe, expect, test } from '@jest/globals';
import type { Contract } from '#contract';
import { createMemoryLimiter } from '#platform/limiter.ts';
import type { Limiter } from '#platform/limiter.ts';
import { rateLimitPolicy } from '#policies/rate-limits.ts';
import { createTiny, faultsOf, json, operation } from '../contract/support.ts';
import type { Spec } from '../contract/support.ts';
import { testClock } from '../support/clock.ts';
import { requestFor } from './one-operation.ts';

const ofAll = [{ by: 'ip', limit: 5, window_seconds: 60 }];

/** Two operations under the limits of the whole document, and one with its own. */
const shop: Spec & Record<'x-rate-limit', unknown> = {
  'x-rate-limit': ofAll,
  paths: {
    '/lamps': { get: operation('listLamps') },
    '/chairs': { get: operation('listChairs') },
    '/orders': { get: operation('listOrders', { 'x-rate-limit': [...ofAll] }) },
  },
};

/** A limiter that lets everybody pass and remembers what it counted. */
function recordingLimiter(): Limiter & { readonly keys: string[] } {
  const keys: string[] = [];
  return {
    keys,
    consume(key, { limit }) {
      keys.push(key);
      return { isExceeded: false, remaining: limit, resetSeconds: 1 };
    },
  };
}

function serveWith(limiter: Limiter, spec: Spec = shop): Promise<Contract> {
  return createTiny(spec, { hooks: [rateLimitPolicy({ limiter })] });
}

/** Headers of the reply to `GET <path>`, with its status. */
async function get(contract: Contract, path: string) {
  const { status, headers } = await contract.handle(requestFor({ method: 'GET', path }));
  return { status, ...headers };
}

describe('the counters', () => {
  test('are the same in every process, whatever each is asked first', async () => {
    const limiters = [recordingLimiter(), recordingLimiter()] as const;
    const [one, other] = await Promise.all(limiters.map((limiter) => serveWith(limiter)));
    for (const path of ['/lamps', '/chairs', '/orders']) if (one) await get(one, path);
    for (const path of ['/orders', '/chairs', '/lamps']) if (other) await get(other, path);
    expect(limiters[1].keys.toReversed()).toEqual(limiters[0].keys);
  });

  test('of the whole document are shared by the operations without limits of their own, and by no other', async () => {
    const limiter = recordingLimiter();
    const contract = await serveWith(limiter);
    for (const path of ['/lamps', '/chairs', '/orders']) await get(contract, path);
    const [lamps, chairs, orders] = limiter.keys;
    expect(lamps).toBe(chairs);
    expect(orders).not.toBe(lamps);
  });

  test('of two windows are two: a minute does not use up the hour', async () => {
    const clock = testClock();
    const limits = [
      { by: 'ip', limit: 2, window_seconds: 60 },
      { by: 'ip', limit: 3, window_seconds: 3600 },
    ];
    const spec = { paths: { '/lamps': { get: operation('listLamps', { 'x-rate-limit': limits }) } } };
    const contract = await serveWith(createMemoryLimiter({ clock }), spec);
    const policy = '"ip/60";q=2;w=60, "ip/3600";q=3;w=3600';
    expect(await get(contract, '/lamps')).toMatchObject({
      status: 200,
      'RateLimit-Policy': policy,
      RateLimit: '"ip/60";r=1;t=60, "ip/3600";r=2;t=3600',
    });
    expect((await get(contract, '/lamps')).status).toBe(200);
    expect(await get(contract, '/lamps')).toMatchObject({ status: 429, 'Retry-After': '60' });
    clock.advance(60);
    expect((await get(contract, '/lamps')).status).toBe(200);
    expect(await get(contract, '/lamps')).toMatchObject({ status: 429, 'Retry-After': '3540' });
  });

  test('count HEAD as the GET that it is, and nothing that no operation answers', async () => {
    const limiter = recordingLimiter();
    const contract = await serveWith(limiter);
    const ask = async (method: string, path: string) =>
      (await contract.handle(requestFor({ method, path }))).status;
    expect(await ask('HEAD', '/lamps')).toBe(200);
    expect(limiter.keys).toHaveLength(1);
    expect(await ask('OPTIONS', '/lamps')).toBe(204);
    expect(await ask('DELETE', '/lamps')).toBe(405);
    expect(await ask('GET', '/nowhere')).toBe(404);
    expect(limiter.keys).toHaveLength(1);
  });
});

test.each([
  ['no list', { by: 'ip', limit: 1, window_seconds: 1 }, 'that is no list of { by, limit, window_seconds }'],
  [
    'no limit',
    [{ by: 'ip', limit: 0, window_seconds: 1 }],
    'that is no list of { by, limit, window_seconds }',
  ],
  [
    'an unknown value',
    [{ by: 'header.x', limit: 1, window_seconds: 1 }],
    'that is no list of { by, limit, window_seconds }',
  ],
  [
    'one window twice',
    [
      { by: 'ip', limit: 1, window_seconds: 60 },
      { by: 'ip', limit: 2, window_seconds: 60 },
    ],
    'with two limits by ip for the same window',
  ],
  [
    'a property of a body that is not taken',
    [{ by: 'body.email', limit: 1, window_seconds: 60 }],
    'by a property of the body, which is for public operations with a body',
  ],
])('%s is refused at boot', async (_what, limits, fault) => {
  const rest = { 'x-rate-limit': limits, responses: { 200: json({}) } };
  const spec = { paths: { '/lamps': { get: operation('listLamps', rest) } } };
  const hooks = [rateLimitPolicy({ limiter: recordingLimiter() })];
  expect(await faultsOf(spec, { hooks })).toEqual([`listLamps has an x-rate-limit ${fault}`]);
});
