import type { Schema } from '#api';
import type { Db, Trx } from '#platform/database/database.ts';
import { anyOf } from '#platform/database/any-of.ts';
import { containing } from '#platform/database/search.ts';
import type { PageRequest, Sort } from '../pages.ts';

const userColumns = [
  'id',
  'email',
  'full_name',
  'is_active',
  'is_superuser',
  'email_verified',
  'version',
  'created_at',
  'updated_at',
  'last_active',
] as const;

/** A user with the version that its ETag is made of. */
export type UserRow = Schema<'User'> & { readonly version: number };

/** Violates `users_email_key` when the address is taken. */
export function insertUser(
  db: Db,
  user: { email: string; full_name: string | null; password_hash: string; is_superuser?: boolean; now: Date },
): Promise<UserRow> {
  const { now, ...columns } = user;
  return db
    .insertInto('users')
    .values({ ...columns, created_at: now, updated_at: now })
    .returning(userColumns)
    .executeTakeFirstOrThrow();
}

export function findUser(db: Db, id: number): Promise<UserRow | undefined> {
  return db.selectFrom('users').select(userColumns).where('id', '=', id).executeTakeFirst();
}

/** In ascending order of ids. */
export function findUsers(db: Db, ids: readonly number[]): Promise<UserRow[]> {
  return db.selectFrom('users').select(userColumns).where('id', '=', anyOf(ids)).orderBy('id').execute();
}

export interface UserFilter {
  readonly q?: string | undefined;
  readonly is_active?: boolean | undefined;
}

export const userSorts = ['id', 'email', 'created_at'] as const;

export function listUsers(
  db: Db,
  filter: UserFilter,
  { sort, size, offset }: PageRequest & { sort: Sort<(typeof userSorts)[number]> },
): Promise<UserRow[]> {
  return matchingUsers(db, filter)
    .select(userColumns)
    .orderBy(sort.column, sort.direction)
    .orderBy('id', sort.direction)
    .limit(size)
    .offset(offset)
    .execute();
}

export async function countUsers(db: Db, filter: UserFilter): Promise<number> {
  const { total } = await matchingUsers(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

function matchingUsers(db: Db, { q, is_active }: UserFilter) {
  let users = db.selectFrom('users');
  if (is_active !== undefined) users = users.where('is_active', '=', is_active);
  if (q !== undefined) {
    const pattern = containing(q);
    users = users.where(({ or, eb }) =>
      or([eb('email', 'ilike', pattern), eb('full_name', 'ilike', pattern)]),
    );
  }
  return users;
}

export interface UserVersion {
  readonly id: number;
  /** Those of an If-Match; undefined: any. */
  readonly versions: readonly number[] | undefined;
}

export interface UserChange extends UserVersion {
  readonly changes: Schema<'UserUpdate'>;
  readonly now: Date;
}

/** Undefined when there is no such user at such a version. */
export function updateUser(db: Db, { id, versions, changes, now }: UserChange): Promise<UserRow | undefined> {
  let users = db
    .updateTable('users')
    .set({ ...changes, updated_at: now })
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id);
  if (versions) users = users.where('version', '=', anyOf(versions));
  return users.returning(userColumns).executeTakeFirst();
}

/** Their items and sessions go with them. False when there is no such user at such a version. */
export async function deleteUser(db: Db, { id, versions }: UserVersion): Promise<boolean> {
  let users = db.deleteFrom('users').where('id', '=', id);
  if (versions) users = users.where('version', '=', anyOf(versions));
  const { numDeletedRows } = await users.executeTakeFirst();
  return numDeletedRows > 0n;
}

export function findPasswordHash(db: Db, id: number) {
  return db.selectFrom('users').select('password_hash').where('id', '=', id).executeTakeFirst();
}

/** False when the password is no longer the one that was checked. */
export async function replacePasswordHash(
  db: Db,
  { id, oldHash, newHash, now }: { id: number; oldHash: string; newHash: string; now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ password_hash: newHash, updated_at: now })
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('password_hash', '=', oldHash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** In one order, so that two callers wait for each other instead of deadlocking. */
export function lockActiveSuperusers(trx: Trx) {
  return trx
    .selectFrom('users')
    .select('id')
    .where('is_superuser', '=', true)
    .where('is_active', '=', true)
    .orderBy('id')
    .forUpdate()
    .execute();
}

export async function hasSuperuser(db: Db): Promise<boolean> {
  const found = await db
    .selectFrom('users')
    .select('id')
    .where('is_superuser', '=', true)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Never back in time: jobs come in any order. The version stays: an edit is not stale for having been watched. */
export async function noteActivity(db: Db, { id, at }: { id: number; at: string }): Promise<void> {
  await db
    .updateTable('users')
    .set(({ fn, val }) => ({ last_active: fn<string>('greatest', ['last_active', val(at)]) }))
    .where('id', '=', id)
    .execute();
}
