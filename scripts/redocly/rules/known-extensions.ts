import type { Context, Rule } from '../visitor.ts';

/** Where each of our extensions belongs and which values it takes. A new one is added here first. */
const onOperations: Readonly<Record<string, Extension>> = {
  'x-access': {
    takes: 'any, self or owner',
    accepts: (value) => ['any', 'self', 'owner'].includes(String(value)),
  },
  'x-max-body': {
    takes: 'a number of bytes',
    accepts: (value) => Number.isInteger(value) && Number(value) > 0,
  },
};
const onSchemas: Readonly<Record<string, Extension>> = {
  'x-message': { takes: 'a sentence for the client', accepts: (value) => typeof value === 'string' },
  'x-pii': { takes: 'true', accepts: (value) => value === true },
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
      const names = Object.keys(known).join(', ');
      report({
        message: `\`${name}\` means nothing here; known are ${names} (known-extensions.ts).`,
        location: place,
      });
    } else if (!extension.accepts(value)) {
      report({ message: `\`${name}\` takes ${extension.takes}.`, location: place });
    }
  }
}
