import type { Schema } from '#api';
import { anyOf } from '#platform/database/any-of.ts';
import type { Db } from '#platform/database/database.ts';
import { prepared, preparedVariants } from '#platform/database/prepared.ts';
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

interface NewItem {
  readonly owner_id: number;
  readonly title: string;
  readonly description: string | null;
  readonly now: Date;
}

const insertion = prepared((db, param: Param<NewItem>) =>
  db
    .insertInto('items')
    .values({
      owner_id: param('owner_id'),
      title: param('title'),
      description: param('description'),
      created_at: param('now'),
      updated_at: param('now'),
    })
    .returning(itemColumns),
);

/** Violates `items_owner_id_fkey` when the owner is gone. */
export async function insertItem(db: Db, item: NewItem): Promise<ItemRow> {
  const [inserted] = await insertion(db, item);
  if (!inserted) throw new Error('The insertion of an item returned no row.');
  return inserted;
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

type ItemSort = Sort<(typeof itemSorts)[number]>;

/** What of a list of items changes the text of its query. */
interface ListShape {
  readonly isOwners: boolean;
  readonly isSearch: boolean;
}

interface ListParams {
  readonly ownerId: number;
  readonly pattern: string;
}

const pageQuery = preparedVariants(
  ({ sort, ...shape }: ListShape & { sort: ItemSort }) =>
    (db, param: Param<ListParams & { size: number; offset: number }>) =>
      matchingItems(db, shape, param)
        .select(itemColumns)
        .orderBy(sort.column, sort.direction)
        .orderBy('id', sort.direction)
        .limit(param('size'))
        .offset(param('offset')),
);

export function listItems(
  db: Db,
  filter: ItemFilter,
  { sort, size, offset }: PageRequest & { sort: ItemSort },
): Promise<ItemRow[]> {
  const query = pageQuery({ ...shapeOf(filter), sort });
  return query(db, { ...paramsOf(filter), size, offset });
}

const countQuery = preparedVariants(
  (shape: ListShape) => (db, param: Param<ListParams & { most: number }>) =>
    db
      .selectFrom(matchingItems(db, shape, param).select('id').limit(param('most')).as('counted'))
      .select(({ fn }) => fn.countAll<number>().as('total')),
);

/** Counts up to `most` and no further: a superuser's list of everything may be very long. */
export async function countItems(db: Db, filter: ItemFilter, { most }: { most: number }): Promise<number> {
  const [counted] = await countQuery(shapeOf(filter))(db, { ...paramsOf(filter), most });
  return counted?.total ?? 0;
}

function shapeOf({ ownerId, q }: ItemFilter): ListShape {
  return { isOwners: ownerId !== undefined, isSearch: q !== undefined };
}

/** Those that the shape leaves out are not sent. */
function paramsOf({ ownerId = 0, q = '' }: ItemFilter): ListParams {
  return { ownerId, pattern: containing(q) };
}

function matchingItems(db: Db, { isOwners, isSearch }: ListShape, param: Param<ListParams>) {
  let items = db.selectFrom('items');
  if (isOwners) items = items.where('owner_id', '=', param('ownerId'));
  if (isSearch) {
    const pattern = param('pattern');
    items = items.where(({ or, eb }) =>
      or([eb('title', 'ilike', pattern), eb('description', 'ilike', pattern)]),
    );
  }
  return items;
}
