/** What schemas say of the parts of a parameter's value: its items, its properties, the characters of its text. */
import { followed } from './reference.ts';
import { asSchema, listOf } from './schema-keywords.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { SchemaObject } from './schema-keywords.ts';

/** Every schema that may apply to the value, also behind `$ref` and in branches. */
export function facesOf(document: ContractDocument, node: unknown): SchemaObject[] {
  const faces = new Set<SchemaObject>();
  const visit = (part: unknown) => {
    const schema = asSchema(followed(document, part));
    if (faces.has(schema)) return;
    faces.add(schema);
    [schema['allOf'], schema['anyOf'], schema['oneOf']].flatMap(listOf).forEach(visit);
  };
  visit(node);
  return [...faces];
}

/** The schemas of an array's items. */
export function itemSchemasOf(document: ContractDocument, node: unknown): unknown[] {
  return facesOf(document, node).flatMap(({ items }) => (items === undefined ? [] : [items]));
}

/** By name, one schema for each property of an object. */
export function propertySchemasOf(document: ContractDocument, node: unknown): Map<string, JsonSchema> {
  const declared = facesOf(document, node).flatMap(({ properties }) => Object.entries(asSchema(properties)));
  const byName = Map.groupBy(declared, ([name]) => name);
  return new Map(
    [...byName].map(([name, entries]) => [name, { anyOf: entries.map(([, schema]) => schema) }]),
  );
}

/** The schemas of properties that have no name of their own; empty: nothing is said of them, or there are none. */
export function otherSchemasOf(document: ContractDocument, node: unknown): unknown[] {
  const others = facesOf(document, node).flatMap(
    ({ additionalProperties: others, patternProperties: patterns }) => [
      others,
      ...Object.values(asSchema(patterns)),
    ],
  );
  return others.filter((schema) => schema !== undefined && schema !== false);
}

/** Of these formats no text has a comma, a bar or a space. */
const compactFormats = new Set([
  'uuid',
  'date',
  'date-time',
  'time',
  'ipv4',
  'ipv6',
  'byte',
  'base64url',
  'decimal',
  'hostname',
]);

/** False when no value of the schema can be written with the delimiter in it. */
export function mayHold(document: ContractDocument, node: unknown, delimiter: string): boolean {
  const texts = facesOf(document, node).filter((face) => typesOf(document, face).includes('string'));
  const types = typesOf(document, node);
  if (types.length > 0 && !types.includes('string')) return false;
  return texts.length === 0 || texts.some((face) => mayTextHold(face, delimiter));
}

function mayTextHold(face: SchemaObject, delimiter: string): boolean {
  if ('const' in face) return String(face['const']).includes(delimiter);
  if ('enum' in face) return listOf(face['enum']).some((value) => String(value).includes(delimiter));
  const isComposed =
    ['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in face) && face['type'] === undefined;
  return !isComposed && !compactFormats.has(String(face['format']));
}
