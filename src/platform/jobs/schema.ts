/** The tables of pg-boss, in a schema of their own that only pg-boss changes. */
import { Client, DatabaseError } from 'pg';
import bossPackage from 'pg-boss/package.json' with { type: 'json' };

export const jobsSchema = 'pgboss';

/**
 * Brings them up to the installed pg-boss. Any number of processes may call this at once. A newer schema, made by a
 * newer version that runs beside this one, is left as it is.
 */
export async function migrateJobs({ url }: { url: string }): Promise<void> {
  if ((await installedVersion(url)) >= bossPackage.pgboss.schema) return;
  // Loaded on demand: most starts find everything in place.
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ ...quiet, connectionString: url, max: 1, application_name: 'accord-migrate' });
  boss.on('error', ignore);
  try {
    await boss.start();
  } finally {
    await boss.stop({ graceful: false });
  }
}

const quiet = { supervise: false, schedule: false, registerInstance: false } as const;

/** What was going on rejects as well; an 'error' event without a listener would end the process. */
function ignore(): void {}

async function installedVersion(url: string): Promise<number> {
  const client = new Client({ connectionString: url, application_name: 'accord-migrate' });
  client.on('error', ignore);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number }>(`select version from ${jobsSchema}.version`);
    return rows[0]?.version ?? 0;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  } finally {
    await client.end();
  }
}

/** No such schema, no such table. */
function isMissing(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '3F000' || error.code === '42P01');
}
