// The database as Fastify and Express use it here: Kysely, in the way of its own documentation.
import { Kysely, PostgresDialect } from 'kysely';
import type { Generated } from 'kysely';
import pg from 'pg';

interface Tables {
  readonly users: {
    id: Generated<number>;
    is_active: boolean;
    is_superuser: boolean;
  };
  readonly sessions: {
    id: Generated<string>;
    user_id: number;
    expires_at: Date;
    revoked_at: Date | null;
  };
  readonly items: {
    id: Generated<number>;
    owner_id: number;
    title: string;
    description: string | null;
    version: Generated<number>;
    created_at: Date;
    updated_at: Date;
  };
}

export type Db = Kysely<Tables>;

export interface User {
  readonly id: number;
  readonly is_superuser: boolean;
}

export function openDatabase(url: string): Db {
  pg.types.setTypeParser(20, Number);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on('error', () => undefined);
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** The user behind a live session; undefined when either has ended. */
export function findUser(db: Db, { sid, sub }: { sid: string; sub: string }): Promise<User | undefined> {
  return db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['u.id', 'u.is_superuser'])
    .where('s.id', '=', sid)
    .where('u.id', '=', Number(sub))
    .where('u.is_active', '=', true)
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', new Date())
    .executeTakeFirst();
}

const itemColumns = [
  'id',
  'owner_id',
  'title',
  'description',
  'version',
  'created_at',
  'updated_at',
] as const;

export function findItem(db: Db, { id, ownerId }: { id: number; ownerId: number }) {
  return db
    .selectFrom('items')
    .select(itemColumns)
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst();
}

/** A page of somebody's items, newest first, and how many there are; counted up to 100,000. */
export async function itemPage(
  db: Db,
  { ownerId, page, size }: { ownerId: number; page: number; size: number },
) {
  const [rows, { total }] = await Promise.all([
    db
      .selectFrom('items')
      .select(itemColumns)
      .where('owner_id', '=', ownerId)
      .orderBy('id', 'desc')
      .limit(size)
      .offset((page - 1) * size)
      .execute(),
    db
      .selectFrom((eb) =>
        eb.selectFrom('items').select('id').where('owner_id', '=', ownerId).limit(100_000).as('counted'),
      )
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ]);
  return { items: rows.map(itemOf), total, page, size, pages: Math.ceil(total / size) };
}

export function insertItem(
  db: Db,
  { ownerId, title, description }: { ownerId: number; title: string; description: string | null },
) {
  const now = new Date();
  return db
    .transaction()
    .execute((trx) =>
      trx
        .insertInto('items')
        .values({ owner_id: ownerId, title, description, created_at: now, updated_at: now })
        .returning(itemColumns)
        .executeTakeFirstOrThrow(),
    );
}

/** A row without what no client is shown. */
export function itemOf<Row extends { readonly version: number }>({
  version: _version,
  ...item
}: Row): Omit<Row, 'version'> {
  return item;
}
