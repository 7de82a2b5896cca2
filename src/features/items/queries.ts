import type { Schema } from '#api';
import { anyOf } from '#platform/database/any-of.ts';
import type { Db } from '#platform/database/database.ts';
import { prepared } from '#platform/database/prepared.ts';
import type { Param } from '#platform/database/prepared.ts';
import { containing } from '#platform/database/search.ts';
import type { PageRequest, Sort } from '../pages.ts';

const itemColumns = [
  'id',
  'owner_id',
  'title',
  'description',
  'version',
  'created_at',
  'updated_at',
] as const;

/** An item with the version that its ETag is made of. */
export type ItemRow = Schema<'Item'> & { readonly version: number };

/** One item as seen by somebody: of their own, or of anybody when `ownerId` is undefined. */
export interface ItemKey {
  readonly id: number;
  readonly ownerId: number | undefined;
}

/** Violates `items_owner_id_fkey` when the owner is gone. */
export function insertItem(
  db: Db,
  { now, ...item }: { owner_id: number; title: string; description: string | null; now: Date },
): Promise<ItemRow> {
  return db
    .insertInto('items')
    .values({ ...item, created_at: now, updated_at: now })
    .returning(itemColumns)
    .executeTakeFirstOrThrow();
}

const anyItem = prepared((db, param: Param<{ id: number }>) =>
  db.selectFrom('items').select(itemColumns).where('id', '=', param('id')),
);

const ownItem = prepared((db, param: Param<{ id: number; ownerId: number }>) =>
  db
    .selectFrom('items')
    .select(itemColumns)
    .where('id', '=', param('id'))
    .where('owner_id', '=', param('ownerId')),
);

export async function findItem(db: Db, { id, ownerId }: ItemKey): Promise<ItemRow | undefined> {
  const [item] = ownerId === undefined ? await anyItem(db, { id }) : await ownItem(db, { id, ownerId });
  return item;
}

export interface ItemVersion {
  readonly key: ItemKey;
  /** Those of an If-Match; undefined: any. */
  readonly versions: readonly number[] | undefined;
}

export interface ItemChange extends ItemVersion {
  readonly changes: Schema<'ItemUpdate'>;
  readonly now: Date;
}

/** Undefined when there is no such item at such a version. */
export function updateItem(
  db: Db,
  { key, versions, changes, now }: ItemChange,
): Promise<ItemRow | undefined> {
  let items = db
    .updateTable('items')
    .set({ ...changes, updated_at: now })
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', key.id);
  if (key.ownerId !== undefined) items = items.where('owner_id', '=', key.ownerId);
  if (versions) items = items.where('version', '=', anyOf(versions));
  return items.returning(itemColumns).executeTakeFirst();
}

/** False when there is no such item at such a version. */
export async function deleteItem(db: Db, { key, versions }: ItemVersion): Promise<boolean> {
  let items = db.deleteFrom('items').where('id', '=', key.id);
  if (key.ownerId !== undefined) items = items.where('owner_id', '=', key.ownerId);
  if (versions) items = items.where('version', '=', anyOf(versions));
  const { numDeletedRows } = await items.executeTakeFirst();
  return numDeletedRows > 0n;
}

export interface ItemFilter {
  /** Undefined: everybody's. */
  readonly ownerId: number | undefined;
  readonly q: string | undefined;
}

export const itemSorts = ['id', 'title'] as const;

export function listItems(
  db: Db,
  filter: ItemFilter,
  { sort, size, offset }: PageRequest & { sort: Sort<(typeof itemSorts)[number]> },
): Promise<ItemRow[]> {
  return matchingItems(db, filter)
    .select(itemColumns)
    .orderBy(sort.column, sort.direction)
    .orderBy('id', sort.direction)
    .limit(size)
    .offset(offset)
    .execute();
}

/** Counts up to `most` and no further: a superuser's list of everything may be very long. */
export async function countItems(db: Db, filter: ItemFilter, { most }: { most: number }): Promise<number> {
  const { total } = await db
    .selectFrom(matchingItems(db, filter).select('id').limit(most).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

function matchingItems(db: Db, { ownerId, q }: ItemFilter) {
  let items = db.selectFrom('items');
  if (ownerId !== undefined) items = items.where('owner_id', '=', ownerId);
  if (q !== undefined) {
    const pattern = containing(q);
    items = items.where(({ or, eb }) =>
      or([eb('title', 'ilike', pattern), eb('description', 'ilike', pattern)]),
    );
  }
  return items;
}
