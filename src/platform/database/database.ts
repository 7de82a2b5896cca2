import {
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Transaction,
} from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '#generated/database.ts';
import { createDriver } from './driver.ts';
import { DirectExecutor } from './executor.ts';
import { statementNames, withoutNames } from './statement-names.ts';

/** What query functions take first: the pool, or a transaction (a `Trx` is a `Db`). */
export type Db = Kysely<Database>;

/** For what must not run outside a transaction. */
export type Trx = Transaction<Database>;

export interface DatabaseOptions {
  /** Switch off behind a transaction pooler. */
  namedStatements?: boolean;
}

/** Kysely over a pool. Closing the pool is the caller's part. */
export function createDatabase(pool: Pool, { namedStatements = true }: DatabaseOptions = {}): Db {
  const { driver, connections } = createDriver(pool, namedStatements ? statementNames() : withoutNames);
  const dialect: Dialect = {
    createDriver: () => driver,
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
  const executor = new DirectExecutor({
    compiler: dialect.createQueryCompiler(),
    adapter: dialect.createAdapter(),
    connections,
  });
  return new Kysely<Database>({ config: { dialect }, dialect, driver, executor });
}
