/** What stands beside a schema's constraints, and may stand behind its `$ref`. */
import { lookUp } from './reference.ts';
import type { ContractDocument } from './document.ts';

type SchemaObject = Readonly<Record<string, unknown>>;

/** References that lead from one to the next; more is a circle. */
const maxHops = 20;

/** True when the schema, or what it refers to, carries `readOnly` or `writeOnly`. */
export function isMarked(document: ContractDocument, node: unknown, mark: 'readOnly' | 'writeOnly'): boolean {
  const visited = new Set<unknown>();
  const visit = (part: unknown): boolean => {
    if (typeof part !== 'object' || part === null || visited.has(part)) return false;
    visited.add(part);
    const schema = part as SchemaObject; // Any object can be read.
    if (mark in schema) return schema[mark] === true;
    return visit(referredTo(document, schema)) || listOf(schema['allOf']).some(visit);
  };
  return visit(node);
}

/** The default that a schema has, also behind a `$ref`, as an object to spread. */
export function defaultOf(document: ContractDocument, schema: unknown): { default?: unknown } {
  let target = schema;
  for (let hops = 0; hops < maxHops && typeof target === 'object' && target !== null; hops += 1) {
    if ('default' in target) return { default: target.default };
    target = referredTo(document, target);
  }
  return {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function referredTo(document: ContractDocument, schema: object): unknown {
  return '$ref' in schema ? lookUp(document, String(schema.$ref)) : undefined;
}
