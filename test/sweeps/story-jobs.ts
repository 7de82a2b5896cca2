/** The jobs of the story: those that the contract shows as failed. */
import { sql } from 'kysely';
import type { Db } from '#platform/database/database.ts';
import { asNodes } from '../support/contract-check/document.ts';
import { exampleValue } from './operations.ts';

/** A column with all jobs, to see that a refused request has enqueued none. */
export const queuedJobs = sql`(
  select json_agg(json_build_array(name, state, data) order by id)::text from pgboss.job) as jobs`;

/** Only these: nothing else is to be done. */
export async function tellFailedJobs(db: Db): Promise<void> {
  await sql`delete from pgboss.job`.execute(db);
  for (const { id, name, attempts, error, failed_at } of asNodes(exampleValue('one_failed_job')['items'])) {
    const output = JSON.stringify({ message: error });
    await sql`
      insert into pgboss.job (id, name, source_name, source_retry_count, source_output, created_on)
      values (${id}, 'failed', ${name}, ${Number(attempts) - 1}, ${output}, ${failed_at})`.execute(db);
  }
}
