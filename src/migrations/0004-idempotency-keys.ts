import { type Kysely, sql } from 'kysely';

/** Replies that are kept for repeated requests. A job deletes what has expired; until then a row is only ignored. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_keys (
      user_id      integer        not null references users on delete cascade,
      operation    text           not null
                                  constraint idempotency_keys_operation_length check (char_length(operation) <= 100),
      key          text           not null
                                  constraint idempotency_keys_key_length check (char_length(key) between 1 and 255),
      request_hash bytea          not null
                                  constraint idempotency_keys_hash_length check (octet_length(request_hash) = 32),
      status       smallint       not null,
      headers      jsonb          not null,
      body         text,
      created_at   timestamptz(3) not null,
      expires_at   timestamptz(3) not null,
      primary key (user_id, operation, key)
    )`.execute(db);
  await sql`comment on column idempotency_keys.request_hash is
    'SHA-256 of method, path, query and body: the same key with another request is refused'`.execute(db);
  await sql`comment on column idempotency_keys.body is 'JSON as it was sent; null where the reply has none'`.execute(
    db,
  );
  await sql`create index idempotency_keys_expires_at on idempotency_keys (expires_at)`.execute(db);
}
