// Named statements are parsed and planned once per connection instead of once per query.
import { createHash } from 'node:crypto';

export type NameOf = (sql: string) => string | undefined;

/**
 * Gives every SQL text a name that is the same in every process. Texts beyond `limit` stay unnamed: each name
 * keeps memory on the server and here, and texts without end (an `in` list of every length) must not fill it.
 */
export function statementNames({ limit = 500 } = {}): NameOf {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= limit) return known;
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 22);
    names.set(sql, name);
    return name;
  };
}

/** For a transaction pooler, where a name may meet another server connection. */
export function withoutNames(): undefined {
  return undefined;
}
