import { type Kysely, sql } from 'kysely';

/** What jobs have done: a job that runs again, because its worker died or a person retried it, does it no second time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table job_effects (
      key text           primary key
                         constraint job_effects_key_length check (char_length(key) between 1 and 300),
      at  timestamptz(3) not null
    )`.execute(db);
  await sql`create index job_effects_at on job_effects (at)`.execute(db);
}
