import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * `= any($1)` with the whole list as one parameter: one statement to prepare, whatever its length. (An `in`
 * list has another text for every length.)
 */
export function anyOf(integers: readonly number[]): RawBuilder<number> {
  return sql<number>`any(${integers}::int4[])`;
}

/** The same for UUIDs. */
export function anyUuidOf(ids: readonly string[]): RawBuilder<string> {
  return sql<string>`any(${ids}::uuid[])`;
}
