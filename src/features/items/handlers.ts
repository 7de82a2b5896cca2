import { etagOf, forbidden, notFound, preconditionFailed, unauthorized, versionsIn } from '#contract';
import type { HandlerOf, HandlersOf, Principal, Schema } from '#api';
import type { Db } from '#platform/database/database.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import { pageLinks, pageOf, pageRequest, parseSort } from '../pages.ts';
import { countItems, deleteItem, findItem, insertItem, itemSorts, listItems, updateItem } from './queries.ts';
import type { ItemKey, ItemRow } from './queries.ts';

/** Beyond this a total is only a bound: nobody pages that far, and counting on costs more and more. */
const mostCounted = 100_000;

export function itemHandlers(): HandlersOf<'items'> {
  return {
    listItems: async ({ query, principal, db, path }, reply) => {
      const request = pageRequest(query);
      const filter = { ownerId: ownerScope(principal, query.owner_id), q: query.q };
      const [items, total] = await Promise.all([
        listItems(db, filter, { ...request, sort: parseSort(query.sort, itemSorts) }),
        countItems(db, filter, { most: mostCounted }),
      ]);
      const page = pageOf(items.map(toItem), total, request);
      return reply(200, page, { Link: pageLinks(path, query, page) });
    },

    createItem: ({ body, principal, transaction, clock, path }, reply) =>
      transaction(async (trx) => {
        const { title, description = null } = body;
        const fields = { owner_id: principal.user.id, title, description, now: clock.now() };
        const item = await insertItem(trx, fields).catch(refuseGoneOwner);
        return reply(201, toItem(item), { Location: `${path}/${item.id}`, ETag: etagOf(item) });
      }),

    getItem: async ({ params, principal, db }, reply) => {
      const item = await findItem(db, keyOf(params.item_id, principal));
      if (!item) throw notFound('Item', params.item_id);
      return reply(200, toItem(item), { ETag: etagOf(item) });
    },

    updateItem: async (request, reply) => {
      const item = await changeItem(request);
      return reply(200, toItem(item), { ETag: etagOf(item) });
    },

    // The contract makes both properties required here: what is sent is the whole item.
    replaceItem: async (request, reply) => {
      const item = await changeItem(request);
      return reply(200, toItem(item), { ETag: etagOf(item) });
    },

    deleteItem: async ({ params, headers, principal, db }, reply) => {
      const key = keyOf(params.item_id, principal);
      if (!(await deleteItem(db, { key, versions: versionsIn(headers['If-Match']) }))) {
        throw await missingOrStale(db, key);
      }
      return reply(204);
    },
  };
}

/** The account was deleted since its token was checked: the token is worth nothing any more. */
function refuseGoneOwner(error: unknown): never {
  throw classifyDatabaseError(error)?.constraint === 'items_owner_id_fkey' ? unauthorized() : error;
}

/** The item as changed; throws 404 or 412. */
async function changeItem({
  params,
  headers,
  body: changes,
  principal,
  db,
  clock,
}: Parameters<HandlerOf<'updateItem' | 'replaceItem'>>[0]): Promise<ItemRow> {
  const key = keyOf(params.item_id, principal);
  const versions = versionsIn(headers['If-Match']);
  const item = await updateItem(db, { key, versions, changes, now: clock.now() });
  if (!item) throw await missingOrStale(db, key);
  return item;
}

/** A user reaches their own items only; to anybody else an item does not exist. */
function keyOf(id: number, { user }: Principal): ItemKey {
  return { id, ownerId: user.is_superuser ? undefined : user.id };
}

/** Whose items a list shows: one's own, or for superusers those of `owner_id` or everybody's. */
function ownerScope({ user }: Principal, owner_id: number | undefined): number | undefined {
  if (user.is_superuser) return owner_id;
  if (owner_id !== undefined && owner_id !== user.id)
    throw forbidden('Only superusers may ask for owner_id.');
  return user.id;
}

function toItem({ version: _version, ...item }: ItemRow): Schema<'Item'> {
  return item;
}

/** Why a write touched nothing: the item is gone (or not the caller's), or has changed since they looked. */
async function missingOrStale(db: Db, key: ItemKey) {
  return (await findItem(db, key))
    ? preconditionFailed('The item has changed since you read it.')
    : notFound('Item', key.id);
}
