import { expect, test } from '@jest/globals';
import request from 'supertest';
import { startApp, useApp } from './support/app.ts';

const app = useApp();

test('/livez says that the process runs, /readyz that it can serve', async () => {
  const live = await request(app.url).get('/livez');
  expect([live.status, live.body]).toEqual([200, { status: 'ok' }]);
  const ready = await request(app.url).get('/readyz');
  expect([ready.status, ready.body]).toEqual([200, { status: 'ok', checks: { database: 'ok' } }]);
  expect(ready.headers).not.toHaveProperty('retry-after');
});

test('no probe may be kept by a cache', async () => {
  for (const path of ['/livez', '/readyz', '/metrics']) {
    expect((await request(app.url).get(path)).headers['cache-control']).toBe('no-store');
  }
});

test('while it closes it lives, but is not ready, and says when to ask again', async () => {
  await using closing = await startApp(() => ({ isReady: () => false }));
  const ready = await request(closing.url).get('/readyz');
  expect([ready.status, ready.body.status]).toEqual([503, 'not_ready']);
  expect(ready.headers['retry-after']).toBe('1');
  expect((await request(closing.url).get('/livez')).status).toBe(200);
});
