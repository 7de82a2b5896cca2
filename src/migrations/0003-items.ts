import { type Kysely, sql } from 'kysely';

// Every index starts with the owner: a page, a sort or a search reads one owner's rows, however many others
// there are. (A trigram index would need an extension, and the right to install it.)
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table items (
      id          integer        generated always as identity primary key,
      owner_id    integer        not null references users on delete cascade,
      title       text           not null
                                 constraint items_title_length check (char_length(title) between 1 and 255),
      description text           constraint items_description_length check (char_length(description) <= 2000),
      version     integer        not null default 1,
      created_at  timestamptz(3) not null default now(),
      updated_at  timestamptz(3) not null default now()
    )`.execute(db);
  await sql`create index items_owner_id on items (owner_id, id)`.execute(db);
  await sql`create index items_owner_title on items (owner_id, title, id)`.execute(db);
}
