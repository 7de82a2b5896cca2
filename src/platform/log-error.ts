// `Error.isError`, which also knows errors of Node's own realm: `instanceof` does not inside a vm, as in Jest.

/** How errors stand in the log: what helps to find the fault, without the data of people that errors carry. */

export type LoggedError = {
  type: string;
  message: string;
  stack?: string;
  cause?: unknown;
  errors?: unknown[];
} & Record<string, unknown>;

/**
 * Names of properties worth keeping: system errors, and PostgreSQL's names of things. PostgreSQL's `detail`,
 * `where`, `hint` and `internalQuery` stay out, they quote rows: "Key (email)=(ada@example.com) already exists."
 */
const keptProperties = [
  'code',
  'errno',
  'syscall',
  'status',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
];

const deepestCause = 5;

/** A plain object for the log from anything that was thrown. */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!Error.isError(error)) return typeof error === 'string' ? withoutData(error) : `thrown ${typeof error}`;
  const message = errorMessage(error);
  const logged: LoggedError = { type: error.name, message, stack: stackFor(error, message) };
  for (const name of keptProperties) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' || typeof value === 'number') logged[name] = value;
  }
  if (depth >= deepestCause) return logged;
  if (error.cause !== undefined) logged.cause = serializeError(error.cause, depth + 1);
  if ('errors' in error && Array.isArray(error.errors))
    logged.errors = error.errors.slice(0, 5).map((e) => serializeError(e, depth + 1));
  return logged;
}

/** PostgreSQL quotes the refused value at the end of a data exception (class 22). */
function errorMessage(error: Error): string {
  const code: unknown = Reflect.get(error, 'code');
  const isDataException = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
  return withoutData(isDataException ? error.message.replace(/: ".*$/s, '') : error.message);
}

/** The frames alone: a stack begins with the message as it was. */
function stackFor(error: Error, message: string): string {
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  return [`${error.name}: ${message}`, ...frames].join('\n');
}

function withoutData(text: string): string {
  return text.slice(0, 2000).replace(/[^\s@"'`()<>,;:=]{1,64}@[^\s@"'`()<>,;:=]{1,255}/g, '[e-mail]');
}
