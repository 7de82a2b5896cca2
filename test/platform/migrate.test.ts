import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { migrateToLatest, pendingMigrations } from '#platform/database/migrate.ts';
import { withAdmin } from '../support/admin.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'accord migrations #1 '));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const createsTable = (table: string) =>
  `export const up = (db) => db.schema.createTable('${table}').addColumn('id', 'integer').execute();`;

const SLOW_UNDER_LOCK = `export async function up(db) {
  const sql = "select pg_sleep(0.3), (select count(*) from pg_locks where locktype = 'advisory' and granted) as held";
  const { rows } = await db.executeQuery({ sql, parameters: [] });
  if (rows[0].held !== 1) throw new Error('no lock is held');
}`;

const write = (name: string, code: string) => writeFile(path.join(folder, `${name}.ts`), code);

async function tables(): Promise<string[]> {
  return withAdmin(database.url, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
    );
    return rows.map((row) => row.name).filter((name) => !name.startsWith('kysely_'));
  });
}

test('our own migrations make the tables, and a second run finds nothing to do', async () => {
  const { url } = database;
  const pending = await pendingMigrations({ url });
  expect(await migrateToLatest({ url })).toEqual(pending);
  const made = [
    'audit_events',
    'file_removals',
    'files',
    'idempotency_keys',
    'items',
    'job_effects',
    'refresh_tokens',
    'sessions',
    'socket_messages',
    'socket_tickets',
    'tasks',
    'users',
  ];
  expect(await tables()).toEqual(made);
  expect(await pendingMigrations({ url })).toEqual([]);
  expect(await migrateToLatest({ url })).toEqual([]);
});

test('of many processes that start at once, one runs the migrations and the others wait for it', async () => {
  await write('0001-lamps', createsTable('lamps'));
  await write('0002-slow', SLOW_UNDER_LOCK);
  const runs = await Promise.all(
    Array.from({ length: 10 }, () => migrateToLatest({ url: database.url, folder })),
  );
  expect(runs.filter((names) => names.length > 0)).toEqual([['0001-lamps', '0002-slow']]);
});

test('a failing migration is named, and what ran before it is undone', async () => {
  await write('0001-lamps', createsTable('lamps'));
  await write('0002-wrong', `export const up = (db) => db.schema.dropTable('chairs').execute();`);
  await write('0003-tables', createsTable('tables'));
  await expect(migrateToLatest({ url: database.url, folder })).rejects.toThrow(
    'Migration 0002-wrong failed and everything was rolled back: table "chairs" does not exist',
  );
  expect(await tables()).toEqual([]);
  expect(await pendingMigrations({ url: database.url, folder })).toEqual([
    '0001-lamps',
    '0002-wrong',
    '0003-tables',
  ]);
});

test('a migration does not queue behind traffic for ever', async () => {
  await write('0001-lamps', createsTable('lamps'));
  await migrateToLatest({ url: database.url, folder });
  await write(
    '0002-wider',
    `export const up = (db) => db.schema.alterTable('lamps').addColumn('watts', 'integer').execute();`,
  );
  await withAdmin(database.url, async (reader) => {
    await reader.query('begin; lock table lamps in access share mode');
    await expect(migrateToLatest({ url: database.url, folder, lockTimeoutMs: 50 })).rejects.toThrow(
      'lock timeout',
    );
    await reader.query('rollback');
  });
  expect(await migrateToLatest({ url: database.url, folder })).toEqual(['0002-wider']);
});

test('an unreachable server is the error that is reported', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing';
  await expect(migrateToLatest({ url })).rejects.toThrow(
    /^The migrations could not run: .*connect ECONNREFUSED/,
  );
});

test('where there is nothing to do, nothing is locked', async () => {
  await write('0001-lamps', createsTable('lamps'));
  await migrateToLatest({ url: database.url, folder });
  await withAdmin(database.url, async (other) => {
    await other.query('begin; lock table kysely_migration_lock in access exclusive mode');
    expect(await migrateToLatest({ url: database.url, folder, lockTimeoutMs: 50 })).toEqual([]);
    await other.query('rollback');
  });
});

test('a database that is ahead of the program is left alone', async () => {
  await write('0001-lamps', createsTable('lamps'));
  await write('0002-chairs', createsTable('chairs'));
  await migrateToLatest({ url: database.url, folder });
  await rm(path.join(folder, '0002-chairs.ts'));
  await expect(migrateToLatest({ url: database.url, folder })).rejects.toThrow('0002-chairs is missing');
});
