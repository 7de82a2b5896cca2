/**
 * Two views of every schema, derived once: what a client may send and what the server may answer.
 * OpenAPI's own words (readOnly, writeOnly, nullable) become plain JSON Schema here.
 */
import { defaultOf, isMarked } from './schema-marks.ts';
import { typesOf } from './schema-types.ts';
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument, JsonSchema } from './document.ts';

export type View = 'request' | 'reply';

type SchemaObject = Exclude<JsonSchema, boolean>;

const inSchema = new Set(['not', 'if', 'then', 'else', 'items', 'contains', 'propertyNames', 'additionalProperties',
  'unevaluatedItems', 'unevaluatedProperties', 'contentSchema']); // prettier-ignore
const inList = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const inMap = new Set(['properties', 'patternProperties', 'dependentSchemas']);
/** Annotations that no validator reads; Ajv's strict mode would refuse them as unknown. */
const annotations = new Set(['discriminator', 'xml', 'externalDocs', 'example', 'nullable']);
/** They change what a `$ref` means, and only refs to components are followed. */
const unsupported = new Set(['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$defs', 'definitions']);

const schemaRef = /^#\/components\/schemas\/[^/]+$/;

/** Our own keyword for a property that the other side owns: nothing passes it. */
export const forbiddenKeyword = 'x-owned-by-the-other-side';

/** The identifier under which a view's component schemas are registered with Ajv. */
export function viewId(view: View): string {
  return `contract://${view}`;
}

export interface ViewContext {
  readonly document: ContractDocument;
  readonly view: View;
  readonly faults: BootFaults;
  readonly where: string;
}

/** Rewrites one schema of the document for a view; refs then point at that view's components. */
export function viewOf(schema: JsonSchema, context: ViewContext): JsonSchema {
  if (typeof schema !== 'object') return schema;
  const entries = Object.entries(schema).filter(([keyword]) => !isAnnotation(keyword));
  const result = Object.fromEntries(
    entries.map(([keyword, value]) => [keyword, viewOfKeyword(keyword, value, context)]),
  );
  if ('properties' in schema) result['properties'] = ownedProperties(schema, result, context);
  if (context.view === 'request') keepIntegersExact(result);
  refuseSlowUniqueness(schema, context);
  return allowNull(schema, result);
}

function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || (keyword.startsWith('x-') && keyword !== 'x-message');
}

function viewOfKeyword(keyword: string, value: unknown, context: ViewContext): unknown {
  const again = (child: unknown) => viewOf(child as JsonSchema, context); // The keyword says it is a schema.
  if (unsupported.has(keyword))
    context.faults.add(context.where, `has a schema with ${keyword}, which is not supported`);
  if (keyword === '$ref') return refIn(String(value), context);
  if (inSchema.has(keyword)) return again(value);
  if (inList.has(keyword)) return (value as unknown[]).map(again); // Keyword takes a list.
  if (inMap.has(keyword)) return mapValues(value as object, again); // Keyword takes a map.
  return value;
}

function refIn(ref: string, { view, faults, where }: ViewContext): string {
  if (!schemaRef.test(ref)) {
    faults.add(where, `has a schema $ref that is not supported: ${ref} (use #/components/schemas/…)`);
  }
  return `${viewId(view)}${ref}`;
}

function mapValues(map: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/**
 * A property that the other side owns is refused and no longer required. Defaults are copied next to a
 * `$ref`, since Ajv does not look for them behind one.
 */
function ownedProperties(
  schema: SchemaObject,
  result: Record<string, unknown>,
  { document, view }: ViewContext,
): Record<string, unknown> {
  const mark = view === 'request' ? 'readOnly' : 'writeOnly';
  const declared = schema['properties'] as Record<string, unknown>; // The keyword takes a map.
  const forbidden = new Set(Object.keys(declared).filter((name) => isMarked(document, declared[name], mark)));
  if (Array.isArray(schema['required'])) {
    result['required'] = schema['required'].filter((name: string) => !forbidden.has(name));
  }
  const viewed = Object.entries(result['properties'] ?? {}).map(([name, child]: [string, unknown]) => {
    if (forbidden.has(name)) return [name, { [forbiddenKeyword]: true }] as const;
    if (view === 'reply' || typeof child !== 'object') return [name, child] as const;
    return [name, { ...child, ...defaultOf(document, declared[name]) }] as const;
  });
  return Object.fromEntries(viewed);
}

/** Beyond 2^53 a number has lost its last digits when JSON.parse returns it: it must not pass for exact. */
function keepIntegersExact(result: Record<string, unknown>): void {
  const types = [result['type']].flat();
  if (!types.includes('integer') || types.includes('number')) return;
  if (!('exclusiveMaximum' in result)) result['maximum'] ??= Number.MAX_SAFE_INTEGER;
  if (!('exclusiveMinimum' in result)) result['minimum'] ??= Number.MIN_SAFE_INTEGER;
}

/** Objects are compared each with each: a few thousand of them would stop the server. */
function refuseSlowUniqueness(schema: SchemaObject, { document, faults, where }: ViewContext): void {
  if (schema['uniqueItems'] !== true) return;
  const types = typesOf(document, schema['items']);
  const areScalars = types.length > 0 && !types.includes('object') && !types.includes('array');
  if (!areScalars) faults.add(where, 'has a list with uniqueItems of others than scalars, which is too slow');
}

/** OpenAPI 3.0 `nullable: true` as JSON Schema says it. */
function allowNull(schema: SchemaObject, result: Record<string, unknown>): JsonSchema {
  if (schema['nullable'] !== true || typeof schema['type'] !== 'string') return result;
  const withNull = { ...result, type: [schema['type'], 'null'] };
  return 'enum' in schema ? { ...withNull, enum: [schema['enum'], null].flat() } : withNull;
}
