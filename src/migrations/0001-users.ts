import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id             integer        generated always as identity primary key,
      email          text           not null constraint users_email_key unique
                                    constraint users_email_length check (char_length(email) between 3 and 254),
      full_name      text           constraint users_full_name_length check (char_length(full_name) between 1 and 100),
      password_hash  text           not null
                                    constraint users_password_hash_length check (char_length(password_hash) <= 512),
      is_active      boolean        not null default true,
      is_superuser   boolean        not null default false,
      email_verified boolean        not null default false,
      version        integer        not null default 1,
      created_at     timestamptz(3) not null default now(),
      updated_at     timestamptz(3) not null default now(),
      last_active    timestamptz(3)
    )`.execute(db);
  await sql`comment on column users.email is 'Normalised: NFC, lower case'`.execute(db);
  await sql`create index users_created_at on users (created_at, id)`.execute(db);
}
