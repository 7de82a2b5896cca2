import { type Kysely, sql } from 'kysely';

/**
 * Files are rows here and bytes in a store. Whoever deletes a row, be it by the deletion of its owner, leaves the id
 * in `file_removals`, so that a job finds the bytes to remove.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table files (
      id           uuid           primary key,
      owner_id     integer        not null references users on delete cascade,
      filename     text           not null
                                  constraint files_filename_length check (char_length(filename) between 1 and 1000),
      content_type text           not null
                                  constraint files_content_type_length check (char_length(content_type) <= 255),
      size         bigint         not null constraint files_size check (size >= 0),
      sha256       text           not null constraint files_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
      created_at   timestamptz(3) not null default now()
    )`.execute(db);
  // The order of a list; with the size, so that a quota is added up without reading the rows.
  await sql`create index files_owner on files (owner_id, created_at, id) include (size)`.execute(db);
  await sql`
    create table file_removals (
      id uuid           primary key,
      at timestamptz(3) not null default now()
    )`.execute(db);
  await sql`
    create function note_file_removal() returns trigger language plpgsql as $$
    begin
      insert into file_removals (id) values (old.id) on conflict do nothing;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger files_removed after delete on files
    for each row execute function note_file_removal()`.execute(db);
}
