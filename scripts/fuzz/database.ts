import { migrateDatabase } from '#platform/migrate.ts';
import { databaseUrl, withAdmin } from '../../test/support/admin.ts';
import { temporaryName } from '../../test/support/template.ts';
import { withTemporaryPostgres } from '../generate/temporary-postgres.ts';

/** Gives `use` a migrated database, on the server of TEST_DATABASE_URL or on one of its own; gone afterwards. */
export async function withFuzzDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const given = process.env['TEST_DATABASE_URL'];
  return given ? onServer(given, use) : withTemporaryPostgres((url) => onServer(url, use));
}

async function onServer<T>(serverUrl: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = temporaryName();
  await withAdmin(serverUrl, (admin) => admin.query(`create database ${name}`));
  const url = databaseUrl(serverUrl, name);
  await migrateDatabase({ url });
  return use(url).finally(() =>
    withAdmin(serverUrl, (admin) => admin.query(`drop database if exists ${name} with (force)`)),
  );
}
