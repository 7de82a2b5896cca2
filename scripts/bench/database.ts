/** A PostgreSQL for one run. */
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';
import { databaseUrl, withAdmin } from '../../test/support/admin.ts';

/** Makes a new, empty database on it; resolves with its URL. */
export type CreateDatabase = (name: string) => Promise<string>;

/**
 * Gives `use` a server of its own, which is gone afterwards. It does not wait for the disk at a commit
 * (fsync off): the disk is the same for all peers, and is not what is compared.
 */
export async function withBenchPostgres<T>(
  dataDir: string,
  use: (create: CreateDatabase) => Promise<T>,
): Promise<T> {
  const server = await startEmbeddedPostgres({ dataDir, durability: 'disposable' });
  return use((name) => createOn(server.url, name)).finally(() => server.stop());
}

async function createOn(url: string, name: string): Promise<string> {
  await withAdmin(url, (admin) => admin.query(`create database ${name}`));
  return databaseUrl(url, name);
}
