/** Items in bulk. */
import { sql } from 'kysely';
import type { Db, Trx } from '#platform/database/database.ts';
import type { ItemRow } from './item-rows.ts';

/** All of them by one statement with a fixed text. */
export async function insertItems(
  trx: Trx,
  rows: readonly ItemRow[],
  { ownerId, now }: { ownerId: number; now: Date },
): Promise<void> {
  const titles = rows.map(({ title }) => title);
  const descriptions = rows.map(({ description }) => description);
  const at = now.toISOString();
  await sql`
    insert into items (owner_id, title, description, created_at, updated_at)
    select ${ownerId}, title, description, ${at}::timestamptz, ${at}::timestamptz
      from unnest(${titles}::text[], ${descriptions}::text[]) with ordinality as row (title, description, place)
     order by place`.execute(trx);
}

/** In the order of their ids, after `after`. */
export function itemsAfter(
  db: Db,
  ownerId: number,
  { after, most }: { after: number; most: number },
): Promise<(ItemRow & { readonly id: number })[]> {
  return db
    .selectFrom('items')
    .select(['id', 'title', 'description'])
    .where('owner_id', '=', ownerId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(most)
    .execute();
}

export async function countOwnItems(db: Db, ownerId: number): Promise<number> {
  const { count } = await db
    .selectFrom('items')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return count;
}
