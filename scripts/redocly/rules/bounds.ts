/** Nothing in the contract is unbounded: a bound in the schema is the cheapest protection there is. */
import { typesOf } from '../visitor.ts';
import type { Rule, Schema } from '../visitor.ts';

export const stringMaxLength: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'string') || schema.maxLength !== undefined) return;
    report({ message: 'Add `maxLength`: every string has an end.', location: location.child('type').key() });
  },
});

export const arrayMaxItems: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'array') || schema.maxItems !== undefined) return;
    report({ message: 'Add `maxItems`: every array has an end.', location: location.child('type').key() });
  },
});

export const numberBounds: Rule = () => ({
  Schema(schema, { report, location }) {
    if (!isOpen(schema, 'integer') && !isOpen(schema, 'number')) return;
    for (const bound of ['minimum', 'maximum'] as const) {
      if (schema[bound] !== undefined) continue;
      const message = `Add \`${bound}\`, the one of the column that holds the number.`;
      report({ message, location: location.child('type').key() });
    }
  },
});

/** Of this type, and not bounded already by a list of values. */
function isOpen(schema: Schema, type: string): boolean {
  return typesOf(schema).includes(type) && schema.enum === undefined && schema.const === undefined;
}
