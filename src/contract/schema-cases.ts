/** A discriminator as JSON Schema: the value of its property says which schema holds. */
import { casesKeyword, listOf } from './schema-keywords.ts';
import type { Discriminated } from './schema-discriminator.ts';
import type { SchemaObject } from './schema-keywords.ts';

/**
 * Adds the decision to a rewritten schema: the property must be there and have one of the values, and the
 * schema of its value is the only one that is tried, so that an error tells of that one alone.
 */
export function withCases(
  result: SchemaObject,
  { property, cases, keyword, allowsNull }: Discriminated,
  viewCase: (schema: unknown) => unknown,
): SchemaObject {
  const viewed = cases.map(({ values, schema }) => ({ values, schema: viewCase(schema) }));
  const conditions = viewed.map(({ values, schema }) => ({
    // Of anything else than an object the rest says nothing, and every case would hold for null.
    if: { type: 'object', properties: { [property]: { enum: values } }, required: [property] },
    then: schema,
  }));
  const decision = {
    ...(keyword ? { type: allowsNull ? ['object', 'null'] : 'object' } : {}),
    required: [property],
    properties: { [property]: { enum: cases.flatMap(({ values }) => values) } },
    ...(conditions.length > 0 ? { allOf: conditions } : {}),
    [casesKeyword]: { property, cases: viewed },
  };
  return { ...result, allOf: [...listOf(result['allOf']), decision] };
}
