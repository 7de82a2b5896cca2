import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts';

/** Gives `use` a PostgreSQL of its own, which is gone afterwards: two runs at once do not meet. */
export async function withTemporaryPostgres<T>(use: (url: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'accord-generate-'));
  try {
    const server = await startEmbeddedPostgres({ dataDir, durability: 'disposable' });
    return await use(server.url).finally(() => server.stop());
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
