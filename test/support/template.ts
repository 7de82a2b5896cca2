// The migrated database that tests clone. Its name carries a hash of the migrations, so it is made once per schema.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import bossPackage from 'pg-boss/package.json' with { type: 'json' };
import { migrateDatabase } from '#platform/migrate.ts';
import { databaseUrl, withAdmin } from './admin.ts';

const MIGRATIONS = new URL('../../src/migrations/', import.meta.url);
const LOCK = 5_217_001;
const LEFTOVER_AGE_SECONDS = 3_600;

/** The name of the template; creates it if this server has none for the present migrations. */
export async function ensureTemplate(serverUrl: string): Promise<string> {
  const template = `accord_test_template_${await migrationsHash()}`;
  await withAdmin(serverUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [LOCK]);
    await dropLeftovers(admin);
    if (!(await exists(admin, template))) await createTemplate(admin, { serverUrl, template });
  });
  return template;
}

/** A name that says when it was made: what a killed run leaves behind is found and dropped by a later one. */
export function temporaryName(): string {
  return `accord_test_${Math.floor(Date.now() / 1000)}_${randomBytes(5).toString('hex')}`;
}

async function createTemplate(
  admin: Client,
  { serverUrl, template }: { serverUrl: string; template: string },
) {
  const name = temporaryName();
  await admin.query(`create database ${name}`);
  const url = databaseUrl(serverUrl, name);
  await migrateDatabase({ url });
  // Only a complete one gets the name by which others find it.
  await admin.query(`alter database ${name} rename to ${template}`);
}

async function dropLeftovers(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname ~ '^accord_test_[0-9]+_'`,
  );
  const oldest = Date.now() / 1000 - LEFTOVER_AGE_SECONDS;
  for (const { datname } of rows) {
    if (Number(datname.split('_')[2]) < oldest)
      await admin.query(`drop database if exists ${datname} with (force)`);
  }
}

async function exists(admin: Client, database: string): Promise<boolean> {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [database]);
  return rowCount === 1;
}

async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256').update(bossPackage.version);
  for (const file of (await readdir(MIGRATIONS)).sort()) {
    hash.update(`${file}\0`).update(await readFile(new URL(file, MIGRATIONS)));
  }
  return hash.digest('hex').slice(0, 12);
}
