/** Regular expressions of a contract. */

/**
 * JSON Schema reads patterns as Unicode. Documents that were written for others often hold escapes that this
 * forbids (`\-`, `\_`, `[\w-.]`) and that mean the character itself elsewhere: those are read the old way, in
 * which `.` and `{n}` count halves of a character beyond U+FFFF. Throws for what is no expression either way.
 */
export function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}
