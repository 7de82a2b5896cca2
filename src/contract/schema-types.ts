/** Which types a schema can be of. */
import { followed } from './reference.ts';
import { listOf } from './schema-keywords.ts';
import type { ContractDocument } from './document.ts';

/** Every type that a schema names, also in its branches; with none, those of its `enum` or `const`. */
export function typesOf(document: ContractDocument, node: unknown, depth = 0): string[] {
  const schema = followed(document, node);
  if (typeof schema !== 'object' || schema === null || depth > 10) return [];
  const orNull = isNullable(schema) || isNullable(node) ? ['null'] : [];
  return [...ownTypesOf(document, schema as Record<string, unknown>, depth), ...orNull]; // Any object can be read.
}

function ownTypesOf(document: ContractDocument, schema: Record<string, unknown>, depth: number): string[] {
  const { type, allOf, anyOf, oneOf, enum: values, const: value } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  if (Array.isArray(values)) return values.map(typeOfValue);
  if (value !== undefined) return [typeOfValue(value)];
  const branches = [allOf, anyOf, oneOf].flatMap(listOf);
  return branches.flatMap((branch) => typesOf(document, branch, depth + 1));
}

/** OpenAPI 3.0's way to say it. */
function isNullable(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'nullable' in schema && schema.nullable === true;
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
