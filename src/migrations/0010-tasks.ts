import { type Kysely, sql } from 'kysely';

/** Work that people start and watch. `version` counts its changes: whoever watches knows by it what they have seen. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tasks (
      id          uuid           primary key,
      owner_id    integer        not null references users on delete cascade,
      kind        text           not null constraint tasks_kind check (kind in ('export_items', 'import_items')),
      status      text           not null default 'queued' constraint tasks_status
                                 check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      progress    integer        not null default 0 constraint tasks_progress check (progress between 0 and 100),
      result      jsonb,
      error       text           constraint tasks_error_length check (char_length(error) <= 500),
      version     integer        not null default 1,
      created_at  timestamptz(3) not null default now(),
      started_at  timestamptz(3),
      finished_at timestamptz(3),
      constraint tasks_end check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled')))
    )`.execute(db);
  await sql`create index tasks_owner on tasks (owner_id, created_at, id)`.execute(db);
  // What neither ends nor runs any more is looked for.
  await sql`create index tasks_unended on tasks (created_at) where finished_at is null`.execute(db);
  // What has ended is forgotten some day.
  await sql`create index tasks_finished_at on tasks (finished_at)`.execute(db);
}
