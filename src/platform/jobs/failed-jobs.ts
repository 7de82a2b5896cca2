/** Reads pg-boss's table: its own reading cannot go on after a job that has been retried meanwhile. */
import { sql } from 'kysely';
import type { Db } from '../database/database.ts';
import { failedJobs } from './queues.ts';
import { jobsSchema } from './schema.ts';

/** A job that failed for good. */
export interface FailedJob {
  readonly id: string;
  readonly name: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Of the last try. */
  readonly error: string;
  /** ISO 8601 with microseconds, which the order needs. */
  readonly failed_at: string;
}

/** Where a list was left: `at` is a `failed_at`. */
export interface FailedJobPosition {
  readonly at: string;
  readonly id: string;
}

/** The oldest first, from the one after `after` on. */
export async function listFailedJobs(
  db: Db,
  { after, most }: { after: FailedJobPosition | undefined; most: number },
): Promise<FailedJob[]> {
  const { rows } = await sql<FailedJob>`
    select id, source_name as name, source_retry_count + 1 as attempts,
           left(coalesce(source_output ->> 'message', 'unknown'), 500) as error,
           to_char(created_on at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as failed_at
      from ${sql.table(`${jobsSchema}.job`)}
     where name = ${failedJobs} and state = 'created' and source_name is not null
       and (${after === undefined} or (created_on, id) > (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
     order by created_on, id
     limit ${most}`.execute(db);
  return rows;
}
