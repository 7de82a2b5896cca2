// For the few queries that run on every request: building and compiling one costs as much as sending it.
import { type Compilable, type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Db } from './database.ts';

/** Names a value that is only known when the query runs. */
export type Param<P> = <K extends string & keyof P>(name: K) => RawBuilder<P[K]>;

/**
 * A query that is built and compiled once and run with other values each time. Its text must not depend on them.
 *
 * @example
 * const itemById = prepared((db, param: Param<{ id: number }>) =>
 *   db.selectFrom('items').select(itemColumns).where('id', '=', param('id')));
 * const [item] = await itemById(trx, { id: 7 });
 */
export function prepared<P extends object, O>(
  build: (db: Db, param: Param<P>) => Compilable<O>,
): (db: Db, params: P) => Promise<O[]> {
  let compiled: CompiledQuery<O> | undefined;
  return async (db, params) => {
    compiled ??= build(db, (name) => sql`${new Placeholder(name)}`).compile();
    const parameters = compiled.parameters.map((value) =>
      value instanceof Placeholder ? Reflect.get(params, value.name) : value,
    );
    return (await db.getExecutor().executeQuery<O>({ ...compiled, parameters })).rows;
  };
}

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}
