import { promises as fs } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatabaseError } from 'pg';
import { sql } from 'kysely';
import type { MigrationResultSet, Migrator } from 'kysely/migration';
import { createDatabase, type Db } from './database.ts';
import { createPool } from './pool.ts';

const UNDEFINED_TABLE = '42P01';

const OUR_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface MigrateOptions {
  /** Of a direct connection: the lock belongs to the session, which a transaction pooler does not keep. */
  url: string;
  folder?: string;
  /** How long a migration waits for a table in use. All queries on that table queue up behind it meanwhile. */
  lockTimeoutMs?: number;
  log?: (message: string) => void;
}

/**
 * Brings the schema up to date: all of the pending migrations in one transaction, or none. Any number of
 * processes may call this at once; an advisory lock lets one work while the others wait and find nothing to do.
 * Returns the names of those it ran.
 */
export async function migrateToLatest({ log = () => {}, ...options }: MigrateOptions): Promise<string[]> {
  const outcome = await withDatabase(options, async (db, folder): Promise<MigrationResultSet> => {
    if (await isUpToDate(db, folder)) return { results: [] };
    return (await createMigrator(db, folder)).migrateToLatest();
  });
  if (outcome.error !== undefined) throw migrationError(outcome);
  const names = (outcome.results ?? []).map((result) => result.migrationName);
  for (const name of names) log(`Migrated ${name}.`);
  return names;
}

/** The names of the migrations that this database lacks. */
export async function pendingMigrations(options: MigrateOptions): Promise<string[]> {
  const migrations = await withDatabase(options, async (db, folder) =>
    (await createMigrator(db, folder)).getMigrations(),
  );
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

async function withDatabase<T>(
  { url, folder = OUR_MIGRATIONS, lockTimeoutMs = 5_000 }: MigrateOptions,
  use: (db: Db, folder: string) => Promise<T>,
): Promise<T> {
  const limits = { lockTimeoutMs, statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  const pool = createPool({ url, size: 1, applicationName: 'accord-migrate', ...limits });
  try {
    return await use(createDatabase(pool, { namedStatements: false }), folder);
  } finally {
    await pool.end();
  }
}

/**
 * Whether exactly the migrations of the folder have run: one query, which is all that most starts need. The migrator
 * would lock, look at the tables and load every migration.
 */
async function isUpToDate(db: Db, folder: string): Promise<boolean> {
  const [files, executed] = await Promise.all([fs.readdir(folder), executedMigrations(db)]);
  const names = files.map((file) => path.parse(file).name).sort();
  return names.join() === executed.join();
}

/** Sorted; none where no migration has ever run. */
async function executedMigrations(db: Db): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    return rows.map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return [];
    throw migrationError({ error });
  }
}

async function createMigrator(db: Db, migrationFolder: string): Promise<Migrator> {
  const { FileMigrationProvider, Migrator } = await import('kysely/migration');
  // As a URL: a path with `#` or `%` in it is no valid module name.
  const importFile = (file: string): Promise<unknown> => import(pathToFileURL(file).href);
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder, import: importFile }),
  });
}

function migrationError({ error, results = [] }: MigrationResultSet): Error {
  const failed = results.find(({ status }) => status === 'Error')?.migrationName;
  const what = failed
    ? `Migration ${failed} failed and everything was rolled back`
    : 'The migrations could not run';
  return new Error(`${what}: ${reasonOf(error)}`, { cause: error });
}

// A name with several addresses (localhost) that all refuse gives an AggregateError, whose own message is empty.
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
