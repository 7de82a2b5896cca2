/** What the value of a discriminator decides: which of several schemas a value has to fit. */
import { followed, lookUp } from './reference.ts';
import { asSchema, listOf } from './schema-keywords.ts';
import { familyOf } from './schema-marks.ts';
import type { ContractDocument } from './document.ts';
import type { SchemaObject } from './schema-keywords.ts';

/** One schema that may be chosen, and the values of the property that choose it. */
export interface Case {
  readonly values: readonly unknown[];
  readonly schema: unknown;
}

export interface Discriminated {
  readonly property: string;
  readonly cases: readonly Case[];
  /** The keyword that listed the cases; undefined where they are the schema's children. */
  readonly keyword: 'oneOf' | 'anyOf' | undefined;
  readonly allowsNull: boolean;
}

export interface Discriminators {
  /**
   * The cases of a schema. Undefined: it has none, or they do not follow from its discriminator, which then is
   * the hint that OpenAPI says it is: every branch is tried. `refuse` hears of what maps to nothing.
   */
  of(schema: SchemaObject, refuse: (what: string) => void): Discriminated | undefined;
  /** True for a schema that components inherit from with `allOf`, and which tells them apart. */
  isParent(schema: unknown): boolean;
  /** True for such a component. */
  isChild(schema: unknown): boolean;
}

const componentPrefix = '#/components/schemas/';

/** The discriminators of a document. */
export function discriminatorsOf(document: ContractDocument): Discriminators {
  const children = childrenByParent(document);
  const names = new Set([...children.values()].flat());
  const childNodes = new Set<unknown>([...names].map((name) => document.components?.schemas?.[name]));
  return {
    isParent: (schema) => children.has(schema as SchemaObject), // It may be anything, and then is none of the keys.
    isChild: (schema) => childNodes.has(schema),
    of(schema, refuse) {
      const { propertyName, mapping } = asSchema(schema['discriminator']);
      if (typeof propertyName !== 'string') return undefined;
      const keyword = 'oneOf' in schema ? 'oneOf' : 'anyOf' in schema ? 'anyOf' : undefined;
      const ownChildren = children.get(schema);
      if (!keyword && !ownChildren) return undefined;
      const given = Object.entries(asSchema(mapping)).map(([value, target]) => [value, refOf(document, String(target))] as const); // prettier-ignore
      for (const [value, ref] of given) {
        if (lookUp(document, ref) === undefined)
          refuse(`has a discriminator that maps ${value} to ${ref}, which leads nowhere`);
      }
      const context = { document, property: propertyName, given };
      return keyword ? branchCases(schema, keyword, context) : childCases(schema, ownChildren ?? [], context);
    },
  };
}

interface Context {
  readonly document: ContractDocument;
  readonly property: string;
  /** The mapping, with its targets as `$ref`s. */
  readonly given: readonly (readonly [value: string, ref: string])[];
}

/** A mapping may name a component or refer to a schema. */
function refOf(document: ContractDocument, target: string): string {
  const byName = componentPrefix + target.replaceAll('~', '~0').replaceAll('/', '~1');
  return !target.startsWith('#') && lookUp(document, byName) !== undefined ? byName : target;
}

function branchCases(
  schema: SchemaObject,
  keyword: 'oneOf' | 'anyOf',
  context: Context,
): Discriminated | undefined {
  const branches = listOf(schema[keyword]);
  const ofObjects = branches.filter((branch) => asSchema(branch)['type'] !== 'null');
  const cases = ofObjects.map((branch) => ({ values: valuesOf(branch, context), schema: branch }));
  const values = cases.flatMap((one) => one.values);
  const isDecided = cases.every((one) => one.values.length > 0) && new Set(values).size === values.length;
  const isMapped = context.given.every(([value]) => values.includes(value));
  if (!isDecided || !isMapped || cases.length === 0) return undefined;
  return { property: context.property, cases, keyword, allowsNull: ofObjects.length < branches.length };
}

/** What the mapping says of a branch, else what its own property says, else its name. */
function valuesOf(branch: unknown, { document, property, given }: Context): readonly unknown[] {
  const ref = asSchema(branch)['$ref'];
  const mapped = given.flatMap(([value, target]) => (target === ref ? [value] : []));
  if (mapped.length > 0) return mapped;
  const own = ownValues(document, branch, property);
  if (own.length > 0) return own;
  return typeof ref === 'string' && ref.startsWith(componentPrefix) ? [nameOf(ref)] : [];
}

function ownValues(document: ContractDocument, branch: unknown, property: string): readonly unknown[] {
  for (const { properties } of familyOf(document, branch)) {
    const tag = asSchema(followed(document, asSchema(properties)[property]));
    if ('const' in tag) return [tag['const']];
    if ('enum' in tag) return listOf(tag['enum']);
  }
  return [];
}

function nameOf(ref: string): string {
  return ref.slice(componentPrefix.length).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Children go by their names unless the mapping names them; the parent itself counts where there is no mapping. */
function childCases(
  schema: SchemaObject,
  names: readonly string[],
  { document, property, given }: Context,
): Discriminated {
  const refs = names.map((name) => refOf(document, name));
  const unmapped = refs.filter((ref) => !given.some(([, target]) => target === ref));
  const self = given.length === 0 ? Object.entries(document.components?.schemas ?? {}) : [];
  const own = self.flatMap(([name, node]) => (node === schema ? [{ values: [name], schema: true }] : []));
  const cases = [
    ...own,
    ...given.map(([value, target]) => ({
      values: [value],
      schema: lookUp(document, target) === schema ? true : { $ref: target },
    })),
    ...unmapped.map((ref) => ({ values: [nameOf(ref)], schema: { $ref: ref } })),
  ];
  return { property, cases, keyword: undefined, allowsNull: false };
}

/** By schema with a discriminator, the names of the components whose `allOf` leads to it. */
function childrenByParent(document: ContractDocument): ReadonlyMap<SchemaObject, readonly string[]> {
  const children = new Map<SchemaObject, string[]>();
  for (const [name, node] of Object.entries(document.components?.schemas ?? {})) {
    for (const ancestor of ancestorsOf(document, node)) {
      if ('discriminator' in ancestor) children.set(ancestor, [...(children.get(ancestor) ?? []), name]);
    }
  }
  return children;
}

/** Not the schema itself nor what it merely stands for: an alias is not a child. */
function ancestorsOf(document: ContractDocument, node: unknown): SchemaObject[] {
  const parents = listOf(asSchema(node)['allOf']);
  const isWrapper = parents.length === 1 && !('properties' in asSchema(node)) && !('type' in asSchema(node));
  if (isWrapper) return [];
  return [...new Set(parents.flatMap((parent) => [...familyOf(document, parent)]))];
}
