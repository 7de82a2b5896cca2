/** What a failed query means to its caller. An error that is none of these is a bug of ours. */
export interface DatabaseFault {
  kind: 'invalid_input' | 'conflict' | 'serialization' | 'unavailable';
  /** The violated constraint, by which a feature tells its own conflicts apart. */
  constraint?: string;
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or by Node's error code. */
const KIND_BY_CODE: readonly (readonly [pattern: RegExp, kind: DatabaseFault['kind']])[] = [
  // Data exceptions (NUL in text, out of range, no such date), NULL where none may be, a failed CHECK.
  [/^(22...|23502|23514)$/, 'invalid_input'],
  [/^(23503|23505)$/, 'conflict'],
  [/^(40001|40P01)$/, 'serialization'],
  // Connection lost or refused, no resources left, shutting down, cancelled, waited too long for a lock.
  [/^(08...|53...|57P..|57014|55P03|25P03|25P04)$/, 'unavailable'],
  // Just failed over to a read-only server; password or database being exchanged.
  [/^(25006|28...|3D000)$/, 'unavailable'],
  [/^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT)$/, 'unavailable'],
  [/^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'unavailable'],
];

/** The words of pg 8 for a connection that cannot be had or is gone: these errors carry no code. */
const UNAVAILABLE_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|The server does not support SSL)/;

/** Names the fault behind an error of pg or Kysely; `undefined` when it is not the database's. */
export function classifyDatabaseError(error: unknown): DatabaseFault | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code = textIn(error, 'code');
  if (code === undefined) return faultByMessage(textIn(error, 'message'));
  const kind = KIND_BY_CODE.find(([pattern]) => pattern.test(code))?.[1];
  if (kind === undefined) return undefined;
  const constraint = textIn(error, 'constraint');
  return constraint === undefined ? { kind } : { kind, constraint };
}

function faultByMessage(message = ''): DatabaseFault | undefined {
  return UNAVAILABLE_MESSAGE.test(message) ? { kind: 'unavailable' } : undefined;
}

// Not `instanceof`: Node's own errors come from another realm inside a test runner.
function textIn(error: object, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}
