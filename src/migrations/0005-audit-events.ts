import { type Kysely, sql } from 'kysely';

/**
 * The audit trail: who did what to whom, without names, addresses or IPs. It refers to users by their ids and has
 * no foreign key: an id that belongs to nobody any more is a pseudonym.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_events (
      id         bigint         generated always as identity primary key,
      at         timestamptz(3) not null,
      event      text           not null
                                constraint audit_events_event_length check (char_length(event) between 3 and 100),
      outcome    text           not null
                                constraint audit_events_outcome check (outcome in ('succeeded', 'refused')),
      actor_id   integer,
      target     text           constraint audit_events_target_length check (char_length(target) <= 1200),
      changes    jsonb,
      request_id text           not null
                                constraint audit_events_request_id_length check (char_length(request_id) <= 128),
      operation  text           not null
                                constraint audit_events_operation_length check (char_length(operation) <= 100),
      status     smallint       not null
    )`.execute(db);
  await sql`comment on column audit_events.target is
    'user:3, users:2,3 or account:<pseudonym of an e-mail address>'`.execute(db);
  // A list begins at the newest; each filter has an index in that order, so that no list has to look further.
  await sql`create index audit_events_at on audit_events (at, id)`.execute(db);
  await sql`create index audit_events_actor on audit_events (actor_id, at, id)`.execute(db);
  await sql`create index audit_events_event on audit_events (event, at, id)`.execute(db);
  await appendOnly(db);
}

/**
 * Guards against mistakes and injected statements, not against the owner of the database. The retention job says
 * `set local accord.audit_retention = 'on'` in its transaction.
 */
async function appendOnly(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      if current_setting('accord.audit_retention', true) = 'on' then return null; end if;
      raise exception 'audit_events is append-only: % is refused', tg_op using errcode = 'insufficient_privilege';
    end $$`.execute(db);
  // Of the statement, not of each row: one that would touch nothing is refused, too.
  await sql`
    create trigger audit_events_append_only before update or delete or truncate on audit_events
    for each statement execute function refuse_audit_change()`.execute(db);
}
