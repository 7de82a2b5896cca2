import { type Kysely, sql } from 'kysely';

/** A job deletes what has ended: it finds it by these. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index sessions_expires_at on sessions (expires_at)`.execute(db);
  await sql`create index refresh_tokens_expires_at on refresh_tokens (expires_at)`.execute(db);
}
