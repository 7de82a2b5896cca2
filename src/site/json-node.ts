/** Reading a document whose shape nothing vouches for: what is not there is empty, never an error. */

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; of anything else, none. */
export function fieldsOf(node: unknown): Fields {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? { ...node } : {};
}

/** The items of an array; of anything else, none. */
export function itemsOf(node: unknown): readonly unknown[] {
  return Array.isArray(node) ? node : [];
}

/** The text under a key; without one, an empty text. */
export function textOf(node: unknown, key: string): string {
  const value = fieldsOf(node)[key];
  return typeof value === 'string' ? value : '';
}
