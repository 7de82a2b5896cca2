import { expect, test } from '@jest/globals';
import { deprecationPolicy } from '#policies/deprecation.ts';
import { rateLimitPolicy } from '#policies/rate-limits.ts';
import { faultsOf, operation, serve } from '../contract/support.ts';

const hooks = [deprecationPolicy()];
const things = (extensions: Record<string, unknown>) => ({
  paths: { '/things': { get: operation('getThings', extensions) } },
});

test('an operation that will go says so, and when, in every reply', async () => {
  const dates = { 'x-deprecated-since': '2026-11-30', 'x-sunset': '2027-05-31' };
  await using api = await serve(things(dates), { hooks });
  const told = { deprecation: '@1795996800', sunset: 'Mon, 31 May 2027 00:00:00 GMT' };
  expect((await api.http.get('/things')).headers).toMatchObject(told);
  const refused = await api.http.get('/things?unknown=1');
  expect([refused.status, refused.headers]).toEqual([422, expect.objectContaining(told)]);
});

test('also where the limit is reached, before anything else is done', async () => {
  const limiter = { consume: () => ({ isExceeded: true, remaining: 0, resetSeconds: 7 }) };
  const spec = things({
    'x-sunset': '2027-05-31',
    'x-rate-limit': [{ by: 'ip', limit: 1, window_seconds: 9 }],
  });
  await using api = await serve(spec, { hooks: [rateLimitPolicy({ limiter }), ...hooks] });
  const { status, headers } = await api.http.get('/things');
  expect([status, headers['sunset']]).toEqual([429, 'Mon, 31 May 2027 00:00:00 GMT']);
});

test('any other operation says nothing', async () => {
  await using api = await serve(things({}), { hooks });
  const { headers } = await api.http.get('/things');
  expect(headers).not.toHaveProperty('deprecation');
  expect(headers).not.toHaveProperty('sunset');
});

test.each([
  ['x-sunset', '2027-02-31'],
  ['x-sunset', '2027-05-31x'],
  ['x-sunset', 20270531],
  ['x-deprecated-since', '30.11.2026'],
  ['x-deprecated-since', true],
])('a day that does not exist is refused at boot: %s %j', async (name, day) => {
  const faults = await faultsOf(things({ [name]: day }), { hooks });
  expect(faults).toEqual([
    'getThings has an x-deprecated-since or x-sunset that is no day such as 2026-11-30',
  ]);
});
