import { sql } from 'kysely';
import type { Schema } from '#api';
import type { Db, Trx } from '#platform/database/database.ts';
import type { StreamRequest } from '../streams.ts';

export type FileRow = Schema<'File'>;

const fileColumns = ['id', 'owner_id', 'filename', 'content_type', 'size', 'sha256', 'created_at'] as const;

/** One file as seen by somebody: of their own, or of anybody when `ownerId` is undefined. */
export interface FileKey {
  readonly id: string;
  readonly ownerId: number | undefined;
}

/** In the order in which they are given. */
export async function insertFiles(trx: Trx, files: readonly FileRow[]): Promise<void> {
  await trx.insertInto('files').values(files).execute();
}

export function findFile(db: Db, { id, ownerId }: FileKey): Promise<FileRow | undefined> {
  let files = db.selectFrom('files').select(fileColumns).where('id', '=', id);
  if (ownerId !== undefined) files = files.where('owner_id', '=', ownerId);
  return files.executeTakeFirst();
}

/** False when there is no such file. */
export async function deleteFile(db: Db, { id, ownerId }: FileKey): Promise<boolean> {
  let files = db.deleteFrom('files').where('id', '=', id);
  if (ownerId !== undefined) files = files.where('owner_id', '=', ownerId);
  const { numDeletedRows } = await files.executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Newest first; only what comes after `after` in this order. */
export function listFiles(db: Db, ownerId: number, { after, most }: StreamRequest): Promise<FileRow[]> {
  let files = db.selectFrom('files').select(fileColumns).where('owner_id', '=', ownerId);
  if (after)
    files = files.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  return files.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(most).execute();
}

/** How much somebody's files are together. */
export async function usedBytes(db: Db, ownerId: number): Promise<number> {
  const { used } = await db
    .selectFrom('files')
    .select(sql<number>`coalesce(sum(size), 0)::bigint`.as('used'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return used;
}

/** Until the transaction ends, nobody else gets past here for this owner. False when there is no such owner. */
export async function lockOwner(trx: Trx, ownerId: number): Promise<boolean> {
  const owner = await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', ownerId)
    // What refers to the owner can be inserted all the same.
    .forNoKeyUpdate()
    .executeTakeFirst();
  return owner !== undefined;
}

/** Those of the ids that are files. */
export async function knownFiles(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('files')
    .select('id')
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Ids of deleted files whose bytes may still be there, in order, after `after`. */
export async function removalsAfter(
  db: Db,
  after: string | undefined,
  { most }: { most: number },
): Promise<string[]> {
  let removals = db.selectFrom('file_removals').select('id');
  if (after !== undefined) removals = removals.where('id', '>', after);
  const rows = await removals.orderBy('id').limit(most).execute();
  return rows.map(({ id }) => id);
}

export async function forgetRemovals(db: Db, ids: readonly string[]): Promise<void> {
  await db
    .deleteFrom('file_removals')
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
}
