import { promises as fs } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FileMigrationProvider, type MigrationResultSet, Migrator } from 'kysely/migration';
import { createDatabase, type Db } from './database.ts';
import { createPool } from './pool.ts';

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
  const outcome = await withMigrator(options, (migrator) => migrator.migrateToLatest());
  if (outcome.error !== undefined) throw migrationError(outcome);
  const names = (outcome.results ?? []).map((result) => result.migrationName);
  for (const name of names) log(`Migrated ${name}.`);
  return names;
}

/** The names of the migrations that this database lacks. */
export async function pendingMigrations(options: MigrateOptions): Promise<string[]> {
  const migrations = await withMigrator(options, (migrator) => migrator.getMigrations());
  return migrations.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

async function withMigrator<T>(
  { url, folder = OUR_MIGRATIONS, lockTimeoutMs = 5_000 }: MigrateOptions,
  use: (migrator: Migrator) => Promise<T>,
): Promise<T> {
  const limits = { lockTimeoutMs, statementTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  const pool = createPool({ url, size: 1, applicationName: 'accord-migrate', ...limits });
  try {
    return await use(createMigrator(createDatabase(pool, { namedStatements: false }), folder));
  } finally {
    await pool.end();
  }
}

function createMigrator(db: Db, migrationFolder: string): Migrator {
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
