/** What OpenAPI says beside a schema's constraints, and may say behind its `$ref` or in its `allOf`. */
import { asSchema, listOf } from './schema-keywords.ts';
import { lookUp } from './reference.ts';
import type { ContractDocument } from './document.ts';
import type { SchemaObject } from './schema-keywords.ts';

export type Mark = 'readOnly' | 'writeOnly';

/** A schema and all that hold for the same value for certain: behind its `$ref`, and in its `allOf`. */
export function familyOf(document: ContractDocument, node: unknown): ReadonlySet<SchemaObject> {
  const family = new Set<SchemaObject>();
  const visit = (part: unknown) => {
    if (typeof part !== 'object' || part === null || family.has(part as SchemaObject)) return;
    const schema = part as SchemaObject; // Any object can be read.
    family.add(schema);
    if (typeof schema['$ref'] === 'string') visit(lookUp(document, schema['$ref']));
    listOf(schema['allOf']).forEach(visit);
  };
  visit(node);
  return family;
}

/** True when the schema, or what it refers to, carries the mark; the nearest one counts. */
export function isMarked(document: ContractDocument, node: unknown, mark: Mark): boolean {
  const visited = new Set<unknown>();
  const visit = (part: unknown): boolean => {
    const schema = asSchema(part);
    if (visited.has(part)) return false;
    visited.add(part);
    if (mark in schema) return schema[mark] === true;
    const target = typeof schema['$ref'] === 'string' ? lookUp(document, schema['$ref']) : undefined;
    return visit(target) || listOf(schema['allOf']).some(visit);
  };
  return visit(node);
}

/** Names of the properties of a value that carry the mark, wherever its schemas declare them. */
export function markedNames(document: ContractDocument, node: unknown, mark: Mark): ReadonlySet<string> {
  const declared = [...familyOf(document, node)].flatMap(({ properties }) =>
    Object.entries(asSchema(properties)),
  );
  return new Set(declared.flatMap(([name, schema]) => (isMarked(document, schema, mark) ? [name] : [])));
}
