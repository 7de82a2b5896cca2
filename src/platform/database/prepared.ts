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

/**
 * The same for a query that has a few shapes (with a filter or without, by this order or that): each shape is built
 * and compiled once. Shapes are kept for ever, so they must not be made of what a client sends.
 *
 * @example
 * const page = preparedVariants((shape: { sort: 'id' | 'title' }) =>
 *   (db, param: Param<{ size: number }>) =>
 *     db.selectFrom('items').selectAll().orderBy(shape.sort).limit(param('size')));
 * const items = await page({ sort: 'id' })(db, { size: 20 });
 */
export function preparedVariants<Shape extends object, P extends object, O>(
  buildFor: (shape: Shape) => (db: Db, param: Param<P>) => Compilable<O>,
): (shape: Shape) => (db: Db, params: P) => Promise<O[]> {
  const known = new Map<string, (db: Db, params: P) => Promise<O[]>>();
  return (shape) => {
    const key = JSON.stringify(shape);
    const query = known.get(key) ?? prepared(buildFor(shape));
    known.set(key, query);
    return query;
  };
}

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}
