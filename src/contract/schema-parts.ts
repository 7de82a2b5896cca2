/** Takes the viewed schemas that apply to one value apart, as far as a projection follows them. */
import { patternOf } from './pattern.ts';
import { isNull } from './schema-dialect.ts';
import { asSchema, casesKeyword, forbiddenKeyword, listOf } from './schema-keywords.ts';
import type { JsonSchema } from './document.ts';
import type { SchemaObject } from './schema-keywords.ts';

/** Every schema object that applies to a value of these schemas for certain: also behind `$ref` and in `allOf`. */
export function flatten(
  targets: ReadonlyMap<string, JsonSchema>,
  schemas: readonly unknown[],
): SchemaObject[] {
  const flat = new Set<SchemaObject>();
  const add = (node: unknown) => {
    if (typeof node !== 'object' || node === null || flat.has(node as SchemaObject)) return;
    const schema = node as SchemaObject; // Any object can be read.
    flat.add(schema);
    if (typeof schema['$ref'] === 'string') add(targets.get(schema['$ref']));
    // What a discriminator decides is not certain.
    if (!(casesKeyword in schema)) listOf(schema['allOf']).forEach(add);
    if (schema['if'] === isNull) add(schema['else']);
  };
  schemas.forEach(add);
  return [...flat];
}

const choosing = new Set([
  '$ref',
  'allOf',
  'oneOf',
  'anyOf',
  'if',
  'then',
  'else',
  'dependentSchemas',
  casesKeyword,
]);

/** The schemas of `flatten` without what depends on the value and what has been followed already, each once. */
export function withoutChoices(schemas: readonly SchemaObject[]): SchemaObject[] {
  const rest = schemas.map((schema) =>
    Object.fromEntries(Object.entries(schema).filter(([keyword]) => !choosing.has(keyword))),
  );
  return [...new Map(rest.map((schema) => [JSON.stringify(schema), schema])).values()];
}

/** False when a schema's `type` rules it out. */
export function mayBe(type: 'object' | 'array', schemas: readonly SchemaObject[]): boolean {
  return schemas.every((schema) => schema['type'] === undefined || [schema['type']].flat().includes(type));
}

export interface SchemaParts {
  /** By name, every schema that applies to the property. */
  readonly properties: ReadonlyMap<string, readonly unknown[]>;
  /** Schemas of the properties whose names match. */
  readonly patterns: readonly (readonly [pattern: RegExp, schema: unknown])[];
  /** Declared, but nothing of them may leave. */
  readonly withheld: ReadonlySet<string>;
  /** Schemas of the properties without a name of their own; empty: there may be none. */
  readonly rest: readonly unknown[];
  /** Schemas of the first items, one by one. */
  readonly first: readonly (readonly unknown[])[];
  /** Schemas of the items after those; empty: nothing is said of them. */
  readonly items: readonly unknown[];
  /** True when items of which nothing is said may leave. */
  readonly isOpenList: boolean;
  /** True when nothing is said of an object's properties, so that it may have any. */
  readonly isOpenObject: boolean;
}

const aboutProperties = ['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'];
const aboutItems = ['prefixItems', 'items', 'unevaluatedItems'];

/** True when schemas say what a value holds, not only which values are allowed. */
export function declare(schemas: readonly SchemaObject[]): boolean {
  return schemas.some((schema) =>
    [...aboutProperties, ...aboutItems, ...choosing].some(
      (keyword) => keyword in schema && keyword !== '$ref' && keyword !== 'allOf',
    ),
  );
}

/** What schemas declare of the inside of a value. */
export function partsOf(schemas: readonly SchemaObject[]): SchemaParts {
  const declared = schemas.flatMap((schema) => Object.entries(asSchema(schema['properties'])));
  const patterns = schemas.flatMap((schema) =>
    Object.entries(asSchema(schema['patternProperties'])).map(
      ([source, child]) => [patternOf(source), child] as const,
    ),
  );
  const matching = declared.flatMap(([name]) =>
    patterns.flatMap(([pattern, child]) => (pattern.test(name) ? [[name, child] as const] : [])),
  );
  const all = [...declared, ...matching];
  const withheld = new Set(all.flatMap(([name, schema]) => (isWithheld(schema) ? [name] : [])));
  const leaving = Map.groupBy(all.filter(([name]) => !withheld.has(name)), ([name]) => name); // prettier-ignore
  const rest = schemas.flatMap((schema) => [schema['additionalProperties'], schema['unevaluatedProperties']]);
  return {
    properties: new Map([...leaving].map(([name, entries]) => [name, entries.map(([, schema]) => schema)])),
    patterns,
    withheld,
    rest: rest.filter((schema) => schema !== undefined && !isWithheld(schema)),
    isOpenObject: !schemas.some((schema) => aboutProperties.some((keyword) => keyword in schema)),
    ...listParts(schemas),
  };
}

function listParts(schemas: readonly SchemaObject[]): Pick<SchemaParts, 'first' | 'items' | 'isOpenList'> {
  const restOf = (schema: SchemaObject) => schema['items'] ?? schema['unevaluatedItems'];
  const lists = schemas.filter((schema) => aboutItems.some((keyword) => keyword in schema));
  const longest = Math.max(0, ...lists.map((schema) => listOf(schema['prefixItems']).length));
  const first = Array.from({ length: longest }, (_, index) =>
    lists
      .map((schema) => listOf(schema['prefixItems'])[index] ?? restOf(schema))
      .filter((one) => one !== undefined),
  );
  const items = lists.map(restOf).filter((one) => one !== undefined);
  return { first, items, isOpenList: lists.length === 0 };
}

export function isWithheld(schema: unknown): boolean {
  return schema === false || forbiddenKeyword in asSchema(schema);
}
