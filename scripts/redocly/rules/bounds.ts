/** Nothing in the contract is unbounded: a bound in the schema is the cheapest protection there is. */
import { advice } from '../advice.ts';
import { typesOf } from '../visitor.ts';
import type { Rule, Schema } from '../visitor.ts';

export const stringMaxLength: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'string') || schema.maxLength !== undefined) return;
    const message = advice('This string has no end.', 'Add `maxLength`.');
    report({ message, location: location.child('type').key() });
  },
});

export const arrayMaxItems: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'array') || schema.maxItems !== undefined) return;
    const message = advice('This array has no end.', 'Add `maxItems`.');
    report({ message, location: location.child('type').key() });
  },
});

export const numberBounds: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'integer') && !isOpen(schema, 'number')) return;
    for (const bound of ['minimum', 'maximum'] as const) {
      if (schema[bound] !== undefined) continue;
      const remedy = `Add \`${bound}\`, the one of the column that holds the number.`;
      const message = advice(`This number has no ${bound}.`, remedy);
      report({ message, location: location.child('type').key() });
    }
  },
});

/** Of this type, and not bounded already by a list of values. */
function isOpen(schema: Schema, type: string): boolean {
  return typesOf(schema).includes(type) && schema.enum === undefined && schema.const === undefined;
}
