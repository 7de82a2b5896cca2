/**
 * `uniqueItems` in place of Ajv's, which compares each item with each: some ten thousand equal-looking texts or
 * a thousand objects would stop the server. Here every item is looked at once.
 */

/** The indexes of the first two equal items; undefined: all differ. */
export function firstDuplicate(items: readonly unknown[]): [earlier: number, later: number] | undefined {
  const scalars = new Map<unknown, number>();
  const others = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const isScalar = typeof item !== 'object' || item === null;
    const earlier = isScalar ? known(scalars, item, index) : known(others, canonical(item), index);
    if (earlier !== undefined) return [earlier, index];
  }
  return undefined;
}

/** Where the key was met before; otherwise it is remembered. */
function known<Key>(indexes: Map<Key, number>, key: Key, index: number): number | undefined {
  const earlier = indexes.get(key);
  if (earlier === undefined) indexes.set(key, index);
  return earlier;
}

/** One text for all objects that JSON Schema calls equal: those that differ in the order of properties only. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => sorted(part));
}

function sorted(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}
