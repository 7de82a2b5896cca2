import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { createDatabase, type Db } from '#platform/database/database.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import { createPool } from '#platform/database/pool.ts';
import { prepared, type Param } from '#platform/database/prepared.ts';
import { createTransaction, type RunTransaction } from '#platform/database/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let pool: Pool;
let db: Db;
let transaction: RunTransaction;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, size: 4 });
  db = createDatabase(pool);
  transaction = createTransaction(db, { backoffMs: 1 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function addUser(to: Db, email: string) {
  return to
    .insertInto('users')
    .values({ email, password_hash: 'x' })
    .returning(['id', 'version'])
    .executeTakeFirstOrThrow();
}

async function hasUser(email: string): Promise<boolean> {
  return (
    (await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()) !== undefined
  );
}

describe('a transaction', () => {
  test('keeps what was written when its function returns, and hands on the result', async () => {
    const user = await transaction((trx) => addUser(trx, 'kept@example.com'));
    expect(user).toEqual({ id: expect.any(Number), version: 1 });
    expect(await hasUser('kept@example.com')).toBe(true);
  });

  test('undoes what was written when its function throws, and hands on the error', async () => {
    const mistake = new Error('changed my mind');
    const attempt = transaction(async (trx) => {
      await addUser(trx, 'undone@example.com');
      throw mistake;
    });
    await expect(attempt).rejects.toBe(mistake);
    expect(await hasUser('undone@example.com')).toBe(false);
  });

  test('is tried again when it lost a race', async () => {
    const { id } = await addUser(db, 'raced@example.com');
    let attempts = 0;
    await transaction(async (trx) => {
      attempts++;
      await sql`set transaction isolation level repeatable read`.execute(trx);
      await trx.selectFrom('users').select('version').where('id', '=', id).execute();
      if (attempts === 1) await bumpVersion(db, id);
      await bumpVersion(trx, id);
    });
    expect(attempts).toBe(2);
    const { version } = await db
      .selectFrom('users')
      .select('version')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(version).toBe(3);
  });

  test('gives up after the third lost race and passes the error on', async () => {
    const { id } = await addUser(db, 'lost@example.com');
    let attempts = 0;
    const attempt = transaction(async (trx) => {
      attempts++;
      await sql`set transaction isolation level repeatable read`.execute(trx);
      await trx.selectFrom('users').select('version').where('id', '=', id).execute();
      await bumpVersion(db, id);
      await bumpVersion(trx, id);
    });
    expect(await faultOf(attempt)).toEqual({ kind: 'serialization' });
    expect(attempts).toBe(3);
  });

  test('survives a deadlock: both sides end up written', async () => {
    const [one, two] = [await addUser(db, 'left@example.com'), await addUser(db, 'right@example.com')];
    const both = barrier(2);
    const update = ([first, second]: number[]) =>
      transaction(async (trx) => {
        await bumpVersion(trx, first);
        await both();
        await bumpVersion(trx, second);
      });
    await Promise.all([update([one.id, two.id]), update([two.id, one.id])]);
    const rows = await db.selectFrom('users').select('version').where('id', 'in', [one.id, two.id]).execute();
    expect(rows).toEqual([{ version: 3 }, { version: 3 }]);
  });

  test('is an error when a statement failed unnoticed and COMMIT therefore rolls back', async () => {
    const attempt = transaction(async (trx) => {
      await addUser(trx, 'unnoticed@example.com');
      await sql`select 1 / 0`.execute(trx).catch(() => {});
    });
    await expect(attempt).rejects.toThrow('rolled back instead of committed');
    expect(await hasUser('unnoticed@example.com')).toBe(false);
  });

  test('is an error when COMMIT itself fails', async () => {
    const attempt = transaction(async (trx) => {
      await sql`create temporary table seats (seat int constraint one_each unique deferrable initially deferred)`.execute(
        trx,
      );
      await sql`insert into seats values (1), (1)`.execute(trx);
    });
    expect(await faultOf(attempt)).toEqual({ kind: 'conflict', constraint: 'one_each' });
  });

  test('sends nothing when its function asks nothing', async () => {
    expect(await transaction(async () => 'idle')).toBe('idle');
  });
});

describe('BEGIN travels with the first statement', () => {
  let single: Pool;
  let one: Db;

  beforeAll(async () => {
    single = createPool({ url: database.url, size: 1 });
    one = createDatabase(single);
    await createTransaction(one)((trx) => addUser(trx, 'first@example.com')); // from here on BEGIN is prepared
  });

  afterAll(() => single.end());

  test('and the statement is inside the transaction', async () => {
    const attempt = createTransaction(one)(async (trx) => {
      await addUser(trx, 'inside@example.com');
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    expect(await hasUser('inside@example.com')).toBe(false);
  });

  test('and a first statement that fails leaves a usable connection', async () => {
    const attempt = createTransaction(one)((trx) => addUser(trx, 'first@example.com'));
    expect(await faultOf(attempt)).toEqual({ kind: 'conflict', constraint: 'users_email_key' });
    expect(await createTransaction(one)((trx) => addUser(trx, 'second@example.com'))).toMatchObject({
      version: 1,
    });
  });

  test('and where BEGIN fails the statement is not done either', async () => {
    await sql`deallocate all`.execute(one);
    const attempt = createTransaction(one)((trx) => addUser(trx, 'outside@example.com'));
    await expect(attempt).rejects.toThrow('prepared statement "begin" does not exist');
    expect(await hasUser('outside@example.com')).toBe(false);
    expect(await createTransaction(one)((trx) => addUser(trx, 'healed@example.com'))).toMatchObject({
      version: 1,
    });
  });
});

describe('values', () => {
  test('arrive as the generated types say', async () => {
    const { rows } = await sql`
      select 9007199254740991::int8                             as int8,
             '12345678901234567890.5'::numeric                  as numeric,
             '2026-02-03'::date                                 as date,
             '2026-02-03 04:05:06.789123+00'::timestamptz       as timestamptz,
             '2026-02-03 04:05:06+00'::timestamptz              as whole_second,
             '2026-02-03 04:05:06.5+05:30'::timestamptz         as elsewhere
    `.execute(db);
    expect(rows).toEqual([
      {
        int8: 9007199254740991,
        numeric: '12345678901234567890.5',
        date: '2026-02-03',
        timestamptz: '2026-02-03T04:05:06.789Z',
        whole_second: '2026-02-03T04:05:06.000Z',
        elsewhere: '2026-02-02T22:35:06.500Z',
      },
    ]);
  });

  test('are right in a session of another time zone', async () => {
    const moment = await db.connection().execute(async (one) => {
      await sql`set timezone = 'Asia/Kolkata'`.execute(one);
      const { rows } = await sql`select '2026-02-03 04:05:06.7+00'::timestamptz as at`.execute(one);
      await sql`set timezone = 'UTC'`.execute(one);
      return rows;
    });
    expect(moment).toEqual([{ at: '2026-02-03T04:05:06.700Z' }]);
  });

  test('are refused when a number cannot hold them exactly', async () => {
    await expect(sql`select 9007199254740993::int8`.execute(db)).rejects.toThrow('does not fit');
    expect((await sql`select 1 as fine`.execute(db)).rows).toEqual([{ fine: 1 }]);
  });

  test('written by the database read back the same', async () => {
    const { id } = await addUser(db, 'exact@example.com');
    const { created_at } = await db
      .selectFrom('users')
      .select('created_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(
      await db.selectFrom('users').select('id').where('created_at', '=', created_at).execute(),
    ).toContainEqual({ id });
  });
});

describe('statements', () => {
  test('have one stable name per text', async () => {
    const names = await preparedStatements({ namedStatements: true });
    expect(names).toEqual(await preparedStatements({ namedStatements: true }));
    expect(names).toContainEqual({
      name: expect.stringMatching(/^[\w-]{22}$/),
      statement: 'select "id" from "items"',
    });
  });

  test('have none where they are switched off', async () => {
    expect(await preparedStatements({ namedStatements: false })).toEqual([]);
  });

  test('prepared here are compiled once and run with other values', async () => {
    const ada = await addUser(db, 'ada@example.com');
    const bob = await addUser(db, 'bob@example.com');
    let builds = 0;
    const emailOf = prepared((of, param: Param<{ id: number }>) => {
      builds++;
      return of.selectFrom('users').select('email').where('id', '=', param('id'));
    });
    expect(await emailOf(db, { id: ada.id })).toEqual([{ email: 'ada@example.com' }]);
    expect(await transaction((trx) => emailOf(trx, { id: bob.id }))).toEqual([{ email: 'bob@example.com' }]);
    expect(builds).toBe(1);
  });
});

describe('a named statement', () => {
  const one = async <R>(use: (on: Db) => Promise<R>) => db.connection().execute(use);

  test('gives the same rows when its description is known already', async () => {
    const read = (on: Db) =>
      sql<object>`select 7 as id, null::text as title, now()::date = current_date as today`.execute(on);
    await one(async (on) => {
      const first = (await read(on)).rows;
      expect(first).toEqual([{ id: 7, title: null, today: true }]);
      expect((await read(on)).rows).toEqual(first);
    });
  });

  test('sends every kind of value as it is, the first time and later', async () => {
    const bytes = Buffer.from([0, 255, 10, 39]);
    const values = [null, '', 'Zoë 灯 🪔', "it's", 'x'.repeat(70_000), bytes, ['a,b', null, '"']] as const;
    const [none, empty, wide, quoted, long, binary, list] = values;
    const echo = (on: Db) =>
      sql`select ${none}::text as a, ${empty}::text as b, ${wide}::text as c, ${quoted}::text as d,
        ${long}::text as e, ${binary}::bytea as f, ${list}::text[] as g`.execute(on);
    await one(async (on) => {
      for (const { rows } of [await echo(on), await echo(on), await echo(on)]) {
        const [row] = rows;
        expect(Object.values(row ?? {})).toEqual([...values]);
      }
    });
  });

  test('without rows says how many it touched, each time', async () => {
    const { id } = await addUser(db, 'touched@example.com');
    const touch = (on: Db) => on.updateTable('users').set({ full_name: 'Touched' }).where('id', '=', id);
    await one(async (on) => {
      expect(await touch(on).executeTakeFirst()).toEqual({ numUpdatedRows: 1n });
      expect(await touch(on).executeTakeFirst()).toEqual({ numUpdatedRows: 1n });
    });
  });

  test('that failed when it ran is run again under its name', async () => {
    const divide = (on: Db, by: number) =>
      sql<{ n: number }>`select 6 / ${by}::int as n`.execute(on).then(({ rows }) => rows);
    await one(async (on) => {
      await expect(divide(on, 0)).rejects.toMatchObject({ code: '22012' });
      expect(await divide(on, 2)).toEqual([{ n: 3 }]);
      await expect(divide(on, 0)).rejects.toMatchObject({ code: '22012' });
      expect(await divide(on, 3)).toEqual([{ n: 2 }]);
    });
  });

  test('that cannot be parsed leaves a usable connection', async () => {
    await one(async (on) => {
      const wrong = () => sql`select nothing_of_the_kind`.execute(on);
      await expect(wrong()).rejects.toMatchObject({ code: '42703' });
      await expect(wrong()).rejects.toMatchObject({ code: '42703' });
      expect((await sql`select 1 as n`.execute(on)).rows).toEqual([{ n: 1 }]);
    });
  });

  test('with a value that cannot be sent leaves a usable connection', async () => {
    const endless: { self?: object } = {};
    endless.self = endless;
    await one(async (on) => {
      await expect(sql`select ${endless}::jsonb as n`.execute(on)).rejects.toThrow(/circular/i);
      expect((await sql`select ${{ a: [1] }}::jsonb as n`.execute(on)).rows).toEqual([{ n: { a: [1] } }]);
    });
  });

  test('with a value that cannot be sent as the first of a transaction does not lose its BEGIN', async () => {
    const endless: { self?: object } = {};
    endless.self = endless;
    await transaction((trx) => addUser(trx, 'prepares-begin@example.com'));
    const attempt = transaction(async (trx) => {
      await sql`select ${endless}::jsonb as n`.execute(trx).catch(() => undefined);
      await addUser(trx, 'outside@example.com');
      throw new Error('undone');
    });
    await expect(attempt).rejects.toThrow('undone');
    expect(await hasUser('outside@example.com')).toBe(false);
  });

  test('whose table changed its columns does not give wrong rows', async () => {
    await sql`create table changing (a int)`.execute(db);
    await sql`insert into changing values (1)`.execute(db);
    const read = (on: Db) => sql`select * from changing`.execute(on);
    await one(async (on) => {
      expect((await read(on)).rows).toEqual([{ a: 1 }]);
      await sql`alter table changing add column b text default 'new'`.execute(db);
      await expect(read(on)).rejects.toMatchObject({ code: '0A000' });
    });
    expect((await read(db)).rows).toEqual([{ a: 1, b: 'new' }]);
  });
});

function bumpVersion(on: Db, id: number | undefined) {
  return on
    .updateTable('users')
    .set({ version: sql`version + 1` })
    .where('id', '=', id ?? 0)
    .execute();
}

async function faultOf(work: Promise<unknown>) {
  return work.then(
    () => 'no error',
    (error: unknown) => classifyDatabaseError(error) ?? error,
  );
}

/** Lets the first `count` callers go on together; later ones, such as a retry, pass. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  return async () => {
    if (++waiting >= count) resolve();
    await promise;
  };
}

async function preparedStatements({ namedStatements }: { namedStatements: boolean }) {
  const single = createPool({ url: database.url, size: 1 });
  const one = createDatabase(single, { namedStatements });
  await one.selectFrom('items').select('id').execute();
  await one.selectFrom('items').select('id').execute();
  const { rows } = await single.query('select name, statement from pg_prepared_statements order by name');
  await single.end();
  return rows;
}
