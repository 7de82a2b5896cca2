import { sql } from 'kysely';
import type { Database } from '#generated/database.ts';
import type { Db } from './database.ts';

/** So that no statement holds its locks for long. */
const batch = 5_000;

export interface OldRows<Table extends keyof Database = keyof Database> {
  readonly table: Table;
  /** A time; its index is what keeps this cheap. */
  readonly column: string;
  readonly before: Date;
}

/** Deletes rows whose time is over, in batches; returns how many. Stops between two of them when told to. */
export async function forgetRows(
  db: Db,
  { table, column, before }: OldRows,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const rows = sql.table(table);
  const old = sql`select ctid from ${rows} where ${sql.ref(column)} < ${before.toISOString()} limit ${batch}`;
  const statement = sql`delete from ${rows} where ctid = any(array(${old}))`;
  let total = 0;
  for (let count = batch; count === batch; total += count) {
    signal.throwIfAborted();
    count = Number((await statement.execute(db)).numAffectedRows ?? 0);
  }
  return total;
}
