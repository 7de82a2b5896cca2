import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, operation, serve } from './support.ts';
import { requestText, wire } from './wire.ts';
import type { Spec } from './support.ts';

const slow = { idleMs: 60_000, minBytesPerSecond: 0 };

const paced: Spec = {
  paths: {
    '/': { post: { ...operation('add', { requestBody: json({}) }), 'x-body-pace': { idle_ms: 100 } } },
    '/steady': {
      post: {
        ...operation('addSteadily', { requestBody: json({}) }),
        'x-body-pace': { idle_ms: 200, min_bytes_per_second: 1000 },
      },
    },
    '/patient': {
      post: {
        ...operation('addPatiently', { requestBody: json({}) }),
        'x-body-pace': { idle_ms: 60_000, min_bytes_per_second: 0 },
      },
    },
  },
};

const post = (path: string) =>
  requestText(`POST ${path}`, { 'Content-Type': 'application/json', 'Content-Length': '2' }, '[');

test('x-body-pace makes an operation less patient than the others', async () => {
  await using api = await serve(paced, { bodyPace: slow });
  using client = await wire(api.port);
  client.send(post('/'));
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 /);
});

test('x-body-pace makes an operation more patient than the others', async () => {
  await using api = await serve(paced, { bodyPace: { idleMs: 50, minBytesPerSecond: 1000 } });
  using client = await wire(api.port);
  client.send(post('/patient'));
  await sleep(300);
  client.send(']');
  await client.receive(/^HTTP\/1\.1 200 /);
});

test('x-body-pace cuts off who sends too slowly, although never silent for long', async () => {
  await using api = await serve(paced, { bodyPace: slow });
  using client = await wire(api.port);
  client.send(requestText('POST /steady', { 'Content-Type': 'application/json', 'Content-Length': '1000' }));
  const dribble = setInterval(() => client.send(' '), 20);
  await client.receive(/^HTTP\/1\.1 408 /).finally(() => clearInterval(dribble));
  expect(api.handled).toEqual([]);
});
