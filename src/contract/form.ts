/** `application/x-www-form-urlencoded` bodies, decoded by their schema like query parameters. */
import { decodeUtf8 } from './json.ts';
import { createPairDecoder } from './pairs.ts';
import { parameterRule } from './parameter-rules.ts';
import { followed } from './reference.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { FieldError } from './problem.ts';

/** Decodes a form into an object, each property by its schema. `refuse` hears why a schema cannot be served. */
export function createFormDecoder(
  document: ContractDocument,
  schema: JsonSchema,
  refuse: (what: string) => void,
): (bytes: Buffer) => { value: unknown; errors: readonly FieldError[] } {
  const rules = Object.entries(propertiesOf(document, schema, refuse)).map(([name, property]) =>
    parameterRule(document, { name, in: 'query', schema: property }, (what) => refuse(`and ${what}`)),
  );
  const decode = createPairDecoder(rules, 'body');
  return (bytes) => {
    const { values, errors } = decode(decodeUtf8(bytes));
    return { value: values, errors };
  };
}

const composing = ['allOf', 'anyOf', 'oneOf', 'patternProperties', 'if'];

function propertiesOf(
  document: ContractDocument,
  schema: unknown,
  refuse: (what: string) => void,
): Record<string, JsonSchema> {
  const target = followed(document, schema);
  if (typeof target !== 'object' || target === null || !('properties' in target)) {
    refuse('with a schema that has no properties, which is not supported');
    return {};
  }
  for (const keyword of composing) {
    if (keyword in target) refuse(`with a schema that has ${keyword}, which is not supported yet`);
  }
  return target.properties as Record<string, JsonSchema>; // The keyword takes a map.
}
