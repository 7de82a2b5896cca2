/** Takes the schemas that apply to one value apart, as far as a projection follows them. */
import { lookUp } from './reference.ts';
import { isMarked } from './schema-marks.ts';
import type { ContractDocument } from './document.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;

/** They can declare what a value holds in a way that a projection does not follow: half-followed, it would leak. */
const unfollowed = ['patternProperties', 'prefixItems', 'dependentSchemas', 'then', 'else'];

/** Every schema object that applies to a value of these schemas for certain: also behind `$ref` and in `allOf`. */
export function flatten(document: ContractDocument, schemas: readonly unknown[]): SchemaObject[] {
  const flat = new Set<SchemaObject>();
  const add = (node: unknown) => {
    if (typeof node !== 'object' || node === null || flat.has(node as SchemaObject)) return;
    const schema = node as SchemaObject; // Any object can be read.
    flat.add(schema);
    if ('$ref' in schema) add(lookUp(document, String(schema['$ref'])));
    listOf(schema['allOf']).forEach(add);
  };
  schemas.forEach(add);
  return [...flat];
}

export function refuseUnfollowed(schemas: readonly SchemaObject[], refuse: (what: string) => void): void {
  for (const keyword of unfollowed) {
    if (schemas.some((schema) => keyword in schema)) {
      refuse(`has a schema with ${keyword}, which is not supported in replies yet`);
    }
  }
}

/** The branches of every `oneOf` and `anyOf`. */
export function choicesOf(schemas: readonly SchemaObject[]): unknown[] {
  return schemas.flatMap(({ oneOf, anyOf }) => [...listOf(oneOf), ...listOf(anyOf)]);
}

/** The schemas of `flatten` without their choices and without what it has already followed, each once. */
export function withoutChoices(schemas: readonly SchemaObject[]): SchemaObject[] {
  const followedKeywords = new Set(['$ref', 'allOf', 'oneOf', 'anyOf']);
  const rest = schemas.map((schema) =>
    Object.fromEntries(Object.entries(schema).filter(([keyword]) => !followedKeywords.has(keyword))),
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
  /** Declared, but nothing of them may leave. */
  readonly withheld: ReadonlySet<string>;
  /** Schemas of the properties without a name of their own; empty: there may be none. */
  readonly rest: readonly unknown[];
  /** Schemas of every item; empty: nothing is said of them. */
  readonly items: readonly unknown[];
  /** True when nothing is said of an object's properties, so that it may have any. */
  readonly isOpenObject: boolean;
}

const aboutProperties = ['properties', 'additionalProperties', 'unevaluatedProperties'];

/** What schemas declare of the inside of a value. */
export function partsOf(document: ContractDocument, schemas: readonly SchemaObject[]): SchemaParts {
  const declared: [string, unknown][] = schemas.flatMap((schema) =>
    Object.entries(schema['properties'] ?? {}),
  );
  const withheld = new Set(
    declared.flatMap(([name, schema]) => (isWithheld(document, schema) ? [name] : [])),
  );
  const leaving = Map.groupBy(declared.filter(([name]) => !withheld.has(name)), ([name]) => name); // prettier-ignore
  const rest = schemas.flatMap((schema) => [schema['additionalProperties'], schema['unevaluatedProperties']]);
  return {
    properties: new Map([...leaving].map(([name, entries]) => [name, entries.map(([, schema]) => schema)])),
    withheld,
    rest: rest.filter((schema) => schema !== undefined && schema !== false),
    items: schemas.flatMap(({ items }) => (items === undefined ? [] : [items])),
    isOpenObject: !schemas.some((schema) => aboutProperties.some((keyword) => keyword in schema)),
  };
}

function isWithheld(document: ContractDocument, schema: unknown): boolean {
  return schema === false || isMarked(document, schema, 'writeOnly');
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
