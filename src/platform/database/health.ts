import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Resolves when the database answers in time, else rejects with the reason. Waiting for a connection counts. */
export async function pingDatabase(pool: Pool, { timeoutMs = 2_000 } = {}): Promise<void> {
  const answered = new AbortController();
  const query = { text: 'select 1', query_timeout: timeoutMs };
  const timeout = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`The database did not answer within ${timeoutMs} ms.`);
  });
  try {
    await Promise.race([pool.query(query), timeout]);
  } finally {
    timeout.catch(() => {});
    answered.abort();
  }
}
