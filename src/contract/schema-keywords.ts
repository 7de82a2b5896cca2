/** The keywords of a schema, by what stands behind them. */

export type SchemaObject = Readonly<Record<string, unknown>>;

/** One schema behind the keyword, about a part of the value. */
export const aboutParts = new Set(['items', 'contains', 'propertyNames', 'additionalProperties', 'unevaluatedItems',
  'unevaluatedProperties', 'contentSchema']); // prettier-ignore

/** One schema behind the keyword, about the value itself. */
export const aboutWhole = new Set(['not', 'if', 'then', 'else']);

/** A list of schemas, about the value itself but for `prefixItems`. */
export const listed = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

/** A map of schemas; those of `dependentSchemas` are about the value itself. */
export const mapped = new Set(['properties', 'patternProperties', 'dependentSchemas']);

/** No validator reads them; Ajv's strict mode would refuse them as unknown. */
const annotations = new Set(['discriminator', 'xml', 'externalDocs', 'example', 'nullable', 'readOnly', 'writeOnly',
  '$schema', '$defs', 'definitions']); // prettier-ignore

/** They give a schema another base for its `$ref`s, which then mean something else than they say. */
const renaming = new Set([
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
]);

const dialects = new Set([
  'https://json-schema.org/draft/2020-12/schema',
  'https://spec.openapis.org/oas/3.1/dialect/base',
]);

/** Our own keyword for a part that the other side owns: nothing passes it. */
export const forbiddenKeyword = 'x-owned-by-the-other-side';

/** Our own keyword beside a discriminator's conditions: the same as a table, for those who look up. */
export const casesKeyword = 'x-discriminated';

/** Our own keyword on the schema of all parameters: no side owns a part of one, whatever is marked in it. */
export const parametersKeyword = 'x-owned-by-nobody';

export interface DiscriminatedCases {
  readonly property: string;
  readonly cases: readonly { readonly values: readonly unknown[]; readonly schema: unknown }[];
}

export const forbidden: SchemaObject = { [forbiddenKeyword]: true };

export function isAnnotation(keyword: string): boolean {
  return annotations.has(keyword) || (keyword.startsWith('x-') && keyword !== 'x-message');
}

/** Why a keyword cannot be served; undefined: it can. */
export function keywordFault(keyword: string, value: unknown): string | undefined {
  if (renaming.has(keyword))
    return `has a schema with ${keyword}, which is not supported: refer to a schema by its place (#/components/schemas/…)`;
  if (keyword === '$schema' && !dialects.has(String(value)))
    return `has a schema of another dialect (${String(value)}), which is not supported`;
  return undefined;
}

/** A schema as an object; an empty one for a boolean and for what is none. */
export function asSchema(node: unknown): SchemaObject {
  return typeof node === 'object' && node !== null && !Array.isArray(node) ? (node as SchemaObject) : {}; // Any object can be read.
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Each schema of a list changed. */
export function mapList(list: unknown, change: (value: unknown) => unknown): unknown {
  return Array.isArray(list) ? list.map(change) : list; // Ajv refuses what is no list.
}

/** Each schema of a map changed. */
export function mapValues(map: unknown, change: (value: unknown) => unknown): SchemaObject {
  return Object.fromEntries(Object.entries(asSchema(map)).map(([key, value]) => [key, change(value)]));
}
