/**
 * Keeps secrets and personal data out of log lines. Not pino's own `redact`: its wildcard paths cost tens of
 * microseconds a line and end at a fixed depth.
 */

const censored = '[redacted]';

/** Lower case, without - and _: `new_password`, `newPassword` and `New-Password` are one name. */
const privateNames = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'password',
  'newpassword',
  'currentpassword',
  'hashedpassword',
  'passwordhash',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'ticket',
  'secret',
  'secretkey',
  'clientsecret',
  'databaseurl',
  'email',
  'fullname',
  'username',
]);

/** Names repeat, so each is judged once; the bound is for names that come from data. */
const judged = new Map<string, boolean>();
const mostJudged = 2000;

const deepest = 6;

/** A copy of `fields` with every private value replaced; errors are left to their serializer. */
export function withoutPrivateValues(fields: Record<string, unknown>): Record<string, unknown> {
  return copyOf(fields, 0);
}

function copyOf(fields: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    copy[name] = isPrivate(name) && value !== undefined ? censored : cleaned(value, depth + 1);
  }
  return copy;
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name}]`;
  if (Error.isError(value) || typeof Reflect.get(value, 'toJSON') === 'function') return value;
  return copyOf(value, depth);
}

function isPrivate(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const verdict = privateNames.has(name.toLowerCase().replace(/[-_]/g, ''));
  if (judged.size < mostJudged) judged.set(name, verdict);
  return verdict;
}
