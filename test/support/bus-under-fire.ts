/** Publishes without a pause while the connections of the bus are killed, and counts what nobody learned of. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Bus } from '#platform/bus.ts';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { createDatabase } from '#platform/database/database.ts';
import type { Db } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createTransaction } from '#platform/database/transaction.ts';
import { recordingLog } from './log.ts';

export interface Outcome {
  readonly kills: number;
  readonly published: number;
  /** Heard as news; the others by the resync after a gap. */
  readonly heard: number;
  readonly resyncs: number;
  readonly missed: number;
  /** From a kill to the end of the resync, the longest of all. */
  readonly slowestRecoveryMs: number;
}

const writers = 4;

/** On a database of the caller's; leaves a table `news` there. */
export async function killBusWhilePublishing({
  url,
  kills,
}: {
  url: string;
  kills: number;
}): Promise<Outcome> {
  const pool = createPool({ url, size: writers + 2, applicationName: 'accord-faults' });
  const db = createDatabase(pool);
  await sql`create table news (id bigint generated always as identity primary key)`.execute(db);
  const { log } = recordingLog();
  const [speaking, listening] = [createPostgresBus({ url, log }), createPostgresBus({ url, log })];
  try {
    return await underFire({ db, speaking, listening, kills });
  } finally {
    await Promise.all([speaking.close(), listening.close()]);
    await pool.end();
  }
}

interface Scene {
  readonly db: Db;
  readonly speaking: Bus;
  readonly listening: Bus;
  readonly kills: number;
}

async function underFire({ db, speaking, listening, kills }: Scene): Promise<Outcome> {
  const known = { heard: new Set<number>(), read: new Set<number>() };
  let resyncs = 0;
  listening.subscribe('news', (id) => known.heard.add(Number(id)), {
    async onResync() {
      const { rows } = await sql<{ id: number }>`select id from news`.execute(db);
      rows.forEach(({ id }) => known.read.add(id));
      resyncs += 1;
    },
  });
  await until(() => resyncs === 1);
  const writing = new AbortController();
  const written = Promise.all(Array.from({ length: writers }, () => write(db, speaking, writing.signal)));
  let slowestRecoveryMs = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(20 + Math.random() * 30);
    const before = resyncs;
    const start = performance.now();
    await killListeners(db);
    await until(() => resyncs > before);
    slowestRecoveryMs = Math.max(slowestRecoveryMs, performance.now() - start);
  }
  await sleep(50);
  writing.abort();
  const ids = (await written).flat();
  await until(() => ids.every((id) => known.heard.has(id) || known.read.has(id)), 2_000);
  const missed = ids.filter((id) => !known.heard.has(id) && !known.read.has(id)).length;
  const heard = ids.filter((id) => known.heard.has(id)).length;
  return { kills, published: ids.length, heard, resyncs, missed, slowestRecoveryMs };
}

/** Inserts and publishes until told to stop. Ids become visible in another order than they were given. */
async function write(db: Db, bus: Bus, signal: AbortSignal): Promise<number[]> {
  const transaction = createTransaction(db);
  const ids: number[] = [];
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const id = await transaction(async (trx) => {
      const { rows } = await sql<{ id: number }>`insert into news default values returning id`.execute(trx);
      await sleep(Math.random() * 3);
      await bus.publish(trx, 'news', String(rows[0]?.id));
      return rows[0]?.id ?? 0;
    });
    ids.push(id);
  }
  return ids;
}

/** Of this database alone. */
export async function killListeners(db: Db): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'accord-bus' and datname = current_database()`.execute(db);
}

/** Gives up after a while: the counts then tell what is missing. */
async function until(isTrue: () => boolean, atMostMs = 10_000): Promise<void> {
  const end = performance.now() + atMostMs;
  while (!isTrue() && performance.now() < end) await sleep(5);
}
