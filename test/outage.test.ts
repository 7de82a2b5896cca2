/** The database goes away under a running server, and comes back. A PostgreSQL of its own, since it is stopped. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import request from 'supertest';
import { migrateDatabase } from '#platform/migrate.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
import type { EmbeddedPostgres } from '#platform/embedded-postgres.ts';
import { startApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { visitor } from './support/visitor.ts';

let dataDir: string;
let server: EmbeddedPostgres | undefined;

const start = async (port?: number) => {
  server = await startEmbeddedPostgres({ dataDir, durability: 'disposable', ...(port && { port }) });
  return server;
};

beforeEach(async () => {
  dataDir = await mkdtemp(`${tmpdir()}/accord-outage-`);
});

// Whatever failed, and wherever: no server stays, and no folder.
afterEach(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true });
});

test('without the database every request is a 503 with Retry-After, and with it all is well again', async () => {
  const { url, stop } = await start();
  await migrateDatabase({ url });
  await using app = await startApp(undefined, { database: { url } });
  const { ada } = await people(app);
  const { id } = await ada.creates('item', { title: 'Lamp' });

  await stop();
  const refused = [
    await ada.get(`/items/${id}`),
    await ada.post('/items', { title: 'Chair' }),
    await visitor(app).post('/auth/login', { email: ada.email, password }),
    await visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken }),
    await visitor(app).post('/users', { email: 'zoe@example.com', password }),
  ];
  for (const response of refused) {
    expect(response).toBeProblem(503, 'database_unavailable');
    expect(response.headers['retry-after']).toBe('1');
  }
  const ready = await request(app.url).get('/readyz');
  expect([ready.status, ready.body.checks.database]).toEqual([503, 'unavailable']);
  expect((await request(app.url).get('/livez')).status).toBe(200);

  await start(Number(new URL(url).port));
  expect((await ada.get(`/items/${id}`)).body.title).toBe('Lamp');
  expect((await request(app.url).get('/readyz')).status).toBe(200);
});
