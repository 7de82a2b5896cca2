/**
 * The message of a house rule: what is wrong, and on a second line what to do about it. `make lint` shows them
 * as such, and `redocly lint` as they are.
 */
export function advice(wrong: string, remedy: string): string {
  return `${wrong}\n${remedy}`;
}
