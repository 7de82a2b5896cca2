/** OpenAPI's own ways of saying things, said as JSON Schema 2020-12 says them. */
import type { SchemaObject } from './schema-keywords.ts';

/** OpenAPI 3.0 ignores what stands beside a `$ref`; who may write or read it, and null, are meant all the same. */
const besideReference = new Set(['$ref', 'nullable', 'readOnly', 'writeOnly']);

/** A schema of an OpenAPI 3.0 document as 3.1 would write it; `nullable` stays for `allowNull`. */
export function fromOpenApi30(schema: SchemaObject): SchemaObject {
  if ('$ref' in schema) {
    return Object.fromEntries(Object.entries(schema).filter(([keyword]) => besideReference.has(keyword)));
  }
  return withBound(withBound(schema, 'minimum', 'exclusiveMinimum'), 'maximum', 'exclusiveMaximum');
}

/** In 3.0 `exclusiveMinimum: true` says how `minimum` is meant. */
function withBound(schema: SchemaObject, bound: string, exclusive: string): SchemaObject {
  if (typeof schema[exclusive] !== 'boolean') return schema;
  const { [bound]: limit, [exclusive]: isExclusive, ...rest } = schema;
  if (limit === undefined) return rest;
  return { ...rest, [isExclusive === true ? exclusive : bound]: limit };
}

/** Keywords that null would not pass, whatever the type says. */
const closedToNull = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'const', 'if'];

/** `nullable: true`: `result`, which is the schema rewritten, or null. */
export function allowNull(schema: SchemaObject, result: SchemaObject): SchemaObject {
  if (schema['nullable'] !== true) return result;
  const { type, default: preset, ...rest } = result;
  if (closedToNull.some((keyword) => keyword in result)) {
    const presets = 'default' in result ? { default: preset } : {};
    return { ...presets, if: isNull, else: type === undefined ? rest : { type, ...rest } };
  }
  const withType = type === undefined ? result : { ...result, type: [...new Set([type, 'null'].flat())] };
  return 'enum' in result ? { ...withType, enum: [...new Set([result['enum'], null].flat())] } : withType;
}

/** The test of `allowNull`, by identity: it decides nothing about objects and lists. */
export const isNull: SchemaObject = { type: 'null' };

/** Beyond 2^53 a number has lost its last digits when JSON.parse returns it: it must not pass for exact. */
export function keepIntegersExact(schema: SchemaObject): SchemaObject {
  const types = [schema['type']].flat();
  if (!types.includes('integer') || types.includes('number')) return schema;
  return {
    ...schema,
    ...('exclusiveMaximum' in schema ? {} : { maximum: schema['maximum'] ?? Number.MAX_SAFE_INTEGER }),
    ...('exclusiveMinimum' in schema ? {} : { minimum: schema['minimum'] ?? Number.MIN_SAFE_INTEGER }),
  };
}
