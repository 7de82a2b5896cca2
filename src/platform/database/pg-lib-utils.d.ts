/** A part of pg that its types leave out; the tests of the database hold us to it. */
declare module 'pg/lib/utils.js' {
  /** A value as PostgreSQL's text format wants it. */
  export function prepareValue(value: unknown): Buffer | string | null;
}
