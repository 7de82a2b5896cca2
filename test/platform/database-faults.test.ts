import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { createDatabase, type Db } from '#platform/database/database.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import { pingDatabase } from '#platform/database/health.ts';
import { createPool, type PoolOptions } from '#platform/database/pool.ts';
import { createTransaction } from '#platform/database/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startStallingProxy, type StallingProxy } from '../support/stalling-proxy.ts';

let database: TestDatabase;
const pools: Pool[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

afterAll(() => database.drop());

function connectWith(options: Partial<PoolOptions> = {}): { db: Db; pool: Pool } {
  const pool = createPool({ url: database.url, size: 1, ...options });
  pools.push(pool);
  return { pool, db: createDatabase(pool) };
}

async function faultOf(work: Promise<unknown>) {
  return work.then(
    () => 'no error',
    (error: unknown) => classifyDatabaseError(error) ?? error,
  );
}

const backendOf = async (db: Db) =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid;
const terminate = (by: Db, pid: number | undefined) =>
  sql`select pg_terminate_backend(${pid}, 5000)`.execute(by);

test('a backend killed inside a transaction is an unavailable database, not the end of the process', async () => {
  const errors: Error[] = [];
  const { db } = connectWith({ onConnectionError: (error) => errors.push(error) });
  const { db: admin } = connectWith();
  const attempt = createTransaction(db)(async (trx) => {
    await terminate(admin, await backendOf(trx));
    await sql`select 1`.execute(trx);
  });
  expect(await faultOf(attempt)).toEqual({ kind: 'unavailable' });
  // The statement may fail before the connection tells of its end.
  await eventually(() => errors[0]);
  expect(await backendOf(db)).toEqual(expect.any(Number));
});

test('a backend killed while idle is replaced', async () => {
  const { db } = connectWith();
  const { db: admin } = connectWith();
  const before = await backendOf(db);
  await terminate(admin, before);
  // The news may reach us only with the next query, which then fails; the one after it must not.
  await sql`select 1`.execute(db).catch(() => {});
  expect(await backendOf(db)).not.toBe(before);
});

test('a statement that takes too long is ended', async () => {
  const { db } = connectWith({ statementTimeoutMs: 100 });
  expect(await faultOf(sql`select pg_sleep(60)`.execute(db))).toEqual({ kind: 'unavailable' });
  expect(await backendOf(db)).toEqual(expect.any(Number));
});

test('waiting for a lock is ended', async () => {
  const { db: holder } = connectWith();
  const { db: waiter } = connectWith({ lockTimeoutMs: 50 });
  await createTransaction(holder)(async (trx) => {
    await sql`lock table items`.execute(trx);
    expect(await faultOf(waiter.selectFrom('items').select('id').execute())).toEqual({ kind: 'unavailable' });
  });
});

test('a transaction that sits idle is ended', async () => {
  const { db } = connectWith({ idleInTransactionTimeoutMs: 50 });
  const { db: admin } = connectWith();
  const attempt = createTransaction(db)(async (trx) => {
    const pid = await backendOf(trx);
    await untilGone(admin, pid);
    await sql`select 1`.execute(trx);
  });
  expect(await faultOf(attempt)).toEqual({ kind: 'unavailable' });
});

test('waiting for a free connection is ended', async () => {
  const { db } = connectWith({ connectTimeoutMs: 50 });
  await createTransaction(db)(async () => {
    expect(await faultOf(backendOf(db))).toEqual({ kind: 'unavailable' });
  });
});

test('a server that cannot be reached is an unavailable database', async () => {
  const proxy = await startStallingProxy(database.url);
  await proxy.close();
  const { db, pool } = connectWith({ url: proxy.url });
  expect(await faultOf(backendOf(db))).toEqual({ kind: 'unavailable' });
  await expect(pingDatabase(pool)).rejects.toThrow();
});

test('a server that falls silent gives an error, and its connection is not used again', async () => {
  await throughProxy(async (proxy) => {
    const { db, pool } = connectWith({ url: proxy.url, statementTimeoutMs: 100, connectTimeoutMs: 200 });
    expect(await backendOf(db)).toEqual(expect.any(Number));
    proxy.stall();
    expect(await faultOf(backendOf(db))).toEqual({ kind: 'unavailable' });
    expect(pool.totalCount).toBe(0);
    await expect(pingDatabase(pool, { timeoutMs: 100 })).rejects.toThrow('did not answer within 100 ms');
  });
});

test('a ping is answered by a living server', async () => {
  const { pool } = connectWith();
  await expect(pingDatabase(pool)).resolves.toBeUndefined();
});

test.each([
  ['text with NUL', sql`select ${'a\u0000b'}::text`, { kind: 'invalid_input' }],
  ['a number out of range', sql`select ${2 ** 31}::int4`, { kind: 'invalid_input' }],
  ['a day that does not exist', sql`select ${'2026-02-30'}::date`, { kind: 'invalid_input' }],
  ['a missing value', sql`insert into users (email) values ('x@example.com')`, { kind: 'invalid_input' }],
  [
    'a failed check',
    sql`insert into users (email, password_hash) values ('', 'x')`,
    { kind: 'invalid_input', constraint: 'users_email_length' },
  ],
  [
    'a missing parent',
    sql`insert into items (owner_id, title) values (0, 'Lamp')`,
    { kind: 'conflict', constraint: 'items_owner_id_fkey' },
  ],
])('%s is told apart', async (_, query, fault) => {
  const { db } = connectWith();
  expect(await faultOf(query.execute(db))).toEqual(fault);
  expect(await backendOf(db)).toEqual(expect.any(Number));
});

test('a mistake in the SQL is no fault of the database', async () => {
  const { db } = connectWith();
  const error = await sql`select nothing`.execute(db).catch((reason: unknown) => reason);
  expect(classifyDatabaseError(error)).toBeUndefined();
  expect(classifyDatabaseError(new Error('anything'))).toBeUndefined();
  expect(classifyDatabaseError('text')).toBeUndefined();
});

async function untilGone(admin: Db, pid: number | undefined): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from pg_stat_activity where pid = ${pid}`.execute(admin);
    if (rows.length === 0) return;
  }
}

async function throughProxy(use: (proxy: StallingProxy) => Promise<void>): Promise<void> {
  const proxy = await startStallingProxy(database.url);
  try {
    await use(proxy);
  } finally {
    await proxy.close();
  }
}
