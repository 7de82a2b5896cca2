import { type Kysely, sql } from 'kysely';

/** A session is what one sign-in started: a family of refresh tokens, of which the newest one is valid. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sessions (
      id         uuid           primary key default gen_random_uuid(),
      user_id    integer        not null references users on delete cascade,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3)
    )`.execute(db);
  await sql`create index sessions_user_id on sessions (user_id)`.execute(db);

  await sql`
    create table refresh_tokens (
      token_hash bytea          primary key
                                constraint refresh_tokens_hash_length check (octet_length(token_hash) = 32),
      session_id uuid           not null references sessions on delete cascade,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      rotated_at timestamptz(3)
    )`.execute(db);
  await sql`comment on column refresh_tokens.token_hash is 'SHA-256 of the token'`.execute(db);
  await sql`comment on column refresh_tokens.rotated_at is 'When it was spent for its successor'`.execute(db);
  await sql`create index refresh_tokens_session_id on refresh_tokens (session_id)`.execute(db);
}
