import { type Kysely, sql } from 'kysely';

/** Tickets, each good for one socket, and what is said on sockets: kept for minutes, to reach every process. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table socket_tickets (
      ticket_hash      bytea          primary key
                                      constraint socket_tickets_hash_length check (octet_length(ticket_hash) = 32),
      session_id       uuid           not null references sessions on delete cascade,
      token_expires_at timestamptz(3) not null,
      expires_at       timestamptz(3) not null
    )`.execute(db);
  await sql`comment on column socket_tickets.ticket_hash is 'SHA-256 of the ticket'`.execute(db);
  await sql`comment on column socket_tickets.token_expires_at is
    'Of the access token that the ticket was got with: its socket lives as long'`.execute(db);
  await sql`create index socket_tickets_session_id on socket_tickets (session_id)`.execute(db);
  await sql`create index socket_tickets_expires_at on socket_tickets (expires_at)`.execute(db);

  await sql`
    create table socket_messages (
      id         bigint         generated always as identity primary key,
      batch      uuid           not null,
      kind       text           not null
                                constraint socket_messages_kind check (kind in ('joined', 'left', 'message')),
      channel    text           not null
                                constraint socket_messages_channel_length check (char_length(channel) <= 41),
      user_id    integer        not null references users on delete cascade,
      text       text           constraint socket_messages_text_length check (char_length(text) <= 2000),
      created_at timestamptz(3) not null default clock_timestamp()
    )`.execute(db);
  await sql`comment on column socket_messages.batch is 'What was written together; the bus carries its name'`.execute(
    db,
  );
  await sql`create index socket_messages_batch on socket_messages (batch)`.execute(db);
  await sql`create index socket_messages_created_at on socket_messages (created_at)`.execute(db);
  await sql`create index socket_messages_user_id on socket_messages (user_id)`.execute(db);
}
