import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Bus } from '#platform/bus.ts';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import type { PostgresBusOptions } from '#platform/bus/postgres-bus.ts';
import { waitAfter } from '#platform/bus/backoff.ts';
import { createDatabase, type Db } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createTransaction } from '#platform/database/transaction.ts';
import { killBusWhilePublishing, killListeners } from '../support/bus-under-fire.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordingLog } from '../support/log.ts';
import { startStallingProxy } from '../support/stalling-proxy.ts';

let database: TestDatabase;
let pool: Pool;
let db: Db;
const open: Bus[] = [];
const { log, lines } = recordingLog();

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, size: 3 });
  db = createDatabase(pool);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close()));
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function busWith(options: Partial<PostgresBusOptions> = {}): Bus {
  const backoff = { firstMs: 1, longestMs: 50 };
  const bus = createPostgresBus({ url: database.url, log, backoff, ...options });
  open.push(bus);
  return bus;
}

/** What a subscriber hears, as a list that can be waited for. */
function listener(bus: Bus, topic = 'news') {
  const target = new EventTarget();
  const heard: string[] = [];
  const note = (what: string) => {
    heard.push(what);
    target.dispatchEvent(new Event('heard'));
  };
  const stop = bus.subscribe(topic, note, { onResync: () => note('resync') });
  const hears = async (count: number) => {
    while (heard.length < count) await once(target, 'heard');
    return heard;
  };
  return { heard, hears, stop };
}

test('every process hears what is published, in order, and each topic by itself', async () => {
  const [here, there] = [busWith(), busWith()];
  const [own, other, deaf] = [listener(here), listener(there), listener(there, 'weather')];
  await Promise.all([own.hears(1), other.hears(1), deaf.hears(1)]);
  for (const id of ['1', 'task:2', 'an id with blanks']) await here.publish(db, 'news', id);
  expect(await own.hears(4)).toEqual(['resync', '1', 'task:2', 'an id with blanks']);
  expect(await other.hears(4)).toEqual(['resync', '1', 'task:2', 'an id with blanks']);
  expect(deaf.heard).toEqual(['resync']);
});

test('a transaction tells when it commits, and nothing when it does not', async () => {
  const bus = busWith();
  const { heard, hears } = listener(bus);
  await hears(1);
  const transaction = createTransaction(db);
  const refused = transaction(async (trx) => {
    await bus.publish(trx, 'news', 'never');
    throw new Error('changed my mind');
  });
  await expect(refused).rejects.toThrow('changed my mind');
  await transaction(async (trx) => {
    await bus.publish(trx, 'news', 'in time');
    await sleep(50);
    expect(heard).toEqual(['resync']);
  });
  expect(await hears(2)).toEqual(['resync', 'in time']);
});

test('who has unsubscribed hears nothing more', async () => {
  const bus = busWith();
  const [gone, stays] = [listener(bus), listener(bus)];
  await Promise.all([gone.hears(1), stays.hears(1)]);
  gone.stop();
  await bus.publish(db, 'news', '1');
  await stays.hears(2);
  expect(gone.heard).toEqual(['resync']);
});

test('a listener that fails keeps the news from nobody', async () => {
  const bus = busWith();
  bus.subscribe('news', () => Promise.reject(new Error('too late')), { onResync: () => undefined });
  bus.subscribe(
    'news',
    () => {
      throw new Error('at once');
    },
    { onResync: () => undefined },
  );
  const { hears } = listener(bus);
  await hears(1);
  await bus.publish(db, 'news', '1');
  await hears(2);
  const told = lines.filter(({ msg }) => msg === 'news could not be taken in');
  expect(told.map(({ err }) => Object(err).message).sort()).toEqual(['at once', 'too late']);
});

test('by the time of a resync everything that is published is heard', async () => {
  const bus = busWith();
  const heard: string[] = [];
  const { promise: both, resolve } = Promise.withResolvers<void>();
  let resyncs = 0;
  const onResync = async () => {
    resyncs += 1;
    await bus.publish(db, 'news', `after resync ${resyncs}`);
    if (resyncs === 1) await killListeners(db);
  };
  bus.subscribe('news', (id) => heard.push(id) === 2 && resolve(), { onResync });
  await both;
  expect(heard).toEqual(['after resync 1', 'after resync 2']);
});

test('a connection that is killed is made anew, and nothing is missed after the resync', async () => {
  await using own = await createTestDatabase();
  const outcome = await killBusWhilePublishing({ url: own.url, kills: 5 });
  expect(outcome).toMatchObject({ kills: 5, missed: 0 });
  expect(outcome.resyncs).toBeGreaterThan(5);
  expect(outcome.heard).toBeGreaterThan(outcome.published / 10);
});

test('a server that falls silent is noticed, and left', async () => {
  const proxy = await startStallingProxy(database.url);
  const bus = busWith({ url: proxy.url, keepaliveMs: 20, timeoutMs: 100 });
  const { hears } = listener(bus);
  await hears(1);
  const before = lines.length;
  proxy.stall();
  while (!lines.slice(before).some(({ msg }) => msg === 'the bus lost its connection')) await sleep(10);
  await proxy.close();
  await bus.close();
});

test('a bus that cannot connect goes on trying, and can be closed', async () => {
  const proxy = await startStallingProxy(database.url);
  await proxy.close();
  const before = lines.length;
  const bus = busWith({ url: proxy.url });
  while (lines.slice(before).filter(({ msg }) => msg === 'the bus cannot connect').length < 3) await sleep(5);
  await bus.close();
});

test('ids travel, contents do not', async () => {
  const bus = busWith();
  await expect(bus.publish(db, 'news', 'x'.repeat(201))).rejects.toThrow('publish ids, not contents');
  await expect(bus.publish(db, 'news', '')).rejects.toThrow(RangeError);
  await expect(bus.publish(db, 'a topic', '1')).rejects.toThrow('no name of a topic');
});

test('waiting grows to its bound, and differs from one process to the next', () => {
  const backoff = { firstMs: 50, longestMs: 5_000 };
  expect(waitAfter(1, backoff)).toBeLessThanOrEqual(50);
  expect(waitAfter(3, backoff)).toBeGreaterThanOrEqual(100);
  expect(waitAfter(1_000, backoff)).toBeLessThanOrEqual(5_000);
  expect(new Set(Array.from({ length: 20 }, () => waitAfter(5, backoff))).size).toBeGreaterThan(10);
});
