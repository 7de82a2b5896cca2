import { advice } from '../advice.ts';
import type { Context, Rule } from '../visitor.ts';

/** Where each of our extensions belongs and which values it takes. A new one is added here first. */
const onOperations: Readonly<Record<string, Extension>> = {
  'x-access': {
    takes: 'any, self or owner',
    accepts: (value) => ['any', 'self', 'owner'].includes(String(value)),
  },
  'x-audit': {
    takes: 'the name of an event in snake_case: user.changed',
    accepts: (value) => /^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/.test(String(value)),
  },
  'x-deprecated-since': {
    takes: 'the day of the deprecation: 2026-11-30',
    accepts: (value) => isDay(value),
  },
  'x-idempotent': { takes: 'true', accepts: (value) => value === true },
  'x-max-body': {
    takes: 'a number of bytes',
    accepts: (value) => Number.isInteger(value) && Number(value) > 0,
  },
  'x-rate-limit': {
    takes: 'a list of { by: ip | user | body.<property>, limit, window_seconds }',
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isLimit),
  },
  'x-sunset': { takes: 'the last day of the operation: 2027-05-31', accepts: (value) => isDay(value) },
  'x-websocket': {
    takes: '{ client, server }: the names of two schemas under `components` in openapi.yaml',
    accepts: (value) => namesOf(value) === 'client,server',
  },
};
const onSchemas: Readonly<Record<string, Extension>> = {
  'x-message': { takes: 'a sentence for the client', accepts: (value) => typeof value === 'string' },
  'x-pii': { takes: 'true', accepts: (value) => value === true },
  'x-problems': { takes: 'an entry for each code (problem-pages.ts)', accepts: (value) => isObject(value) },
};

interface Extension {
  readonly takes: string;
  accepts(value: unknown): boolean;
}

/** A misspelt extension would be ignored: a policy that is written down and not enforced. */
export const knownExtensions: Rule = () => ({
  Operation(operation, context) {
    check(operation, onOperations, context);
  },
  Schema(schema, context) {
    check(schema, onSchemas, context);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      // A property that is a `$ref` may carry extensions of its own beside it, which no visit shows.
      if (property.$ref)
        check(property, onSchemas, { ...context, location: context.location.child(['properties', name]) });
    }
  },
});

function check(
  node: object,
  known: Readonly<Record<string, Extension>>,
  { report, location }: Context,
): void {
  for (const [name, value] of Object.entries(node)) {
    if (!name.startsWith('x-')) continue;
    const extension = known[name];
    const place = location.child(name).key();
    if (!extension) {
      const remedy = `Known are ${Object.keys(known).join(', ')}; a new one is added to known-extensions.ts first.`;
      report({ message: advice(`\`${name}\` means nothing here.`, remedy), location: place });
    } else if (!extension.accepts(value)) {
      const message = advice(
        `The value of \`${name}\` means nothing.`,
        `\`${name}\` takes ${extension.takes}.`,
      );
      report({ message, location: place });
    }
  }
}

function isLimit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { by, limit, window_seconds: window } = Object.fromEntries(Object.entries(value));
  return (
    /^(ip|user|body\.[a-z_]+)$/.test(String(by)) &&
    [limit, window].every((number) => Number.isInteger(number) && Number(number) > 0)
  );
}

function isDay(value: unknown): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(String(value)) && !Number.isNaN(Date.parse(String(value)));
}

function namesOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : '';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
