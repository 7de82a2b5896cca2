/**
 * Two views of every schema, derived once: what a client may send and what the server may answer.
 * OpenAPI's own words (readOnly, writeOnly, nullable, discriminator) become plain JSON Schema here.
 */
import { lookUp, stepsOf } from './reference.ts';
import { withCases } from './schema-cases.ts';
import { allowNull, fromOpenApi30, keepIntegersExact } from './schema-dialect.ts';
import { discriminatorsOf } from './schema-discriminator.ts';
import { aboutParts, aboutWhole, asSchema, forbidden, isAnnotation, keywordFault, listOf, mapList, mapped, mapValues, parametersKeyword } from './schema-keywords.ts'; // prettier-ignore
import { familyOf, isMarked, markedNames } from './schema-marks.ts';
import type { BootFaults, Recorded } from './boot-faults.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { Discriminated, Discriminators } from './schema-discriminator.ts';
import type { SchemaObject } from './schema-keywords.ts';
import type { Mark } from './schema-marks.ts';

export type View = 'request' | 'reply';

export interface SchemaView {
  /** A schema of the document, found at `where`, as this view sees it. */
  of(schema: JsonSchema, where: string): JsonSchema;
  /** What the `$ref`s of viewed schemas stand for, by `$ref`. */
  readonly targets: ReadonlyMap<string, JsonSchema>;
}

export interface ViewSource {
  readonly document: ContractDocument;
  readonly view: View;
  readonly faults: BootFaults;
}

/** From where a schema is looked at. */
interface Position {
  readonly where: string;
  /** Properties of the value that the other side owns, whichever of its schemas says so. */
  readonly owned: ReadonlySet<string>;
  /** In `not`, `if` and `contains` a schema only asks: what the other side owns is asked for like the rest. */
  readonly isTest: boolean;
  /** OpenAPI speaks of owners for properties of bodies; a parameter may be described by the same schema. */
  readonly isParameter: boolean;
  /** A child's way to its parent: which child it is has been decided. */
  readonly isInherited: boolean;
}

interface Context extends ViewSource {
  readonly mark: Mark;
  readonly discriminators: Discriminators;
  readonly targets: Map<string, JsonSchema>;
  /** The `$ref` in the view, by target and the way of looking at it. */
  readonly refs: Map<string, Recorded<string>>;
}

export function createSchemaView(source: ViewSource): SchemaView {
  const { document, view } = source;
  const targets = new Map<string, JsonSchema>();
  const context: Context = {
    ...source,
    mark: view === 'request' ? 'readOnly' : 'writeOnly',
    discriminators: discriminatorsOf(document),
    targets,
    refs: new Map(),
  };
  return {
    targets,
    of(schema, where) {
      const isParameter = parametersKeyword in asSchema(schema);
      const position = { where, owned: nothing, isTest: false, isParameter, isInherited: false };
      return viewed(schema, { ...position, owned: ownedIn(schema, position, context) }, context);
    },
  };
}

const nothing: ReadonlySet<string> = new Set();

/** Names of the properties that the other side owns. */
function ownedIn(
  schema: unknown,
  { isParameter }: Position,
  { document, mark }: Context,
): ReadonlySet<string> {
  return isParameter ? nothing : markedNames(document, schema, mark);
}

/** A schema about a value of its own. */
function part(schema: unknown, position: Position, context: Context): unknown {
  return branch(schema, { ...position, owned: nothing }, context);
}

/** One of several schemas about the same value. */
function branch(schema: unknown, position: Position, context: Context): unknown {
  const { document, mark } = context;
  const isAsked = position.isTest || position.isParameter;
  if (!isAsked && isMarked(document, schema, mark)) return forbidden;
  const owned = new Set([...position.owned, ...ownedIn(schema, position, context)]);
  return viewed(schema, { ...position, owned, isInherited: false }, context);
}

function viewed(schema: unknown, position: Position, context: Context): JsonSchema {
  if (typeof schema !== 'object' || schema === null) return schema as JsonSchema; // Ajv refuses what is no boolean.
  const written = schema as SchemaObject; // Any object can be read.
  const plain = context.document.openapi.startsWith('3.0') ? fromOpenApi30(written) : written;
  const cases = casesOf(written, position, context);
  const left = keywordsLeft(plain, cases, isBase(written, position, context));
  const result = Object.fromEntries(
    left.map(([keyword, value]) => [
      keyword,
      viewedKeyword([keyword, value], { written, position }, context),
    ]),
  );
  const discriminated = cases ? withCases(result, cases, (one) => viewedCase(one, { cases, position }, context)) : result; // prettier-ignore
  const isExact = context.view === 'request' && !position.isTest;
  return allowNull(plain, isExact ? keepIntegersExact(discriminated) : discriminated);
}

function isBase(written: SchemaObject, { isInherited }: Position, { discriminators }: Context): boolean {
  return isInherited && discriminators.isParent(written);
}

/** Without what no validator reads, and what the discriminator has decided. */
function keywordsLeft(
  plain: SchemaObject,
  cases: Discriminated | undefined,
  isParent: boolean,
): [string, unknown][] {
  const decided: (string | undefined)[] = isParent ? ['oneOf', 'anyOf'] : [cases?.keyword];
  return Object.entries(plain).filter(([keyword]) => !isAnnotation(keyword) && !decided.includes(keyword));
}

function viewedKeyword(
  [keyword, value]: [string, unknown],
  { written, position }: { written: SchemaObject; position: Position },
  context: Context,
): unknown {
  const again = (look: typeof part, from: Position) => (child: unknown) => look(child, from, context);
  const withoutOwned = (names: unknown) =>
    listOf(names).filter((name) => position.isTest || !position.owned.has(String(name)));
  const test: Position = { ...position, isTest: true, isInherited: false };
  const isInherited = position.isInherited || context.discriminators.isChild(written);
  if (keyword === '$ref') return targetRef(String(value), position, context);
  if (keyword === 'required') return Array.isArray(value) ? withoutOwned(value) : value;
  if (keyword === 'dependentRequired') return mapValues(value, withoutOwned);
  if (keyword === 'not' || keyword === 'if') return viewed(value, test, context);
  if (keyword === 'contains' || keyword === 'propertyNames') return part(value, test, context);
  if (keyword === 'allOf') return mapList(value, again(viewed, { ...position, isInherited }));
  if (keyword === 'anyOf' || keyword === 'oneOf') return mapList(value, again(branch, position));
  if (keyword === 'prefixItems') return mapList(value, again(part, position));
  if (keyword === 'dependentSchemas') return mapValues(value, again(branch, position));
  if (aboutWhole.has(keyword)) return branch(value, position, context);
  if (aboutParts.has(keyword)) return part(value, position, context);
  return mapped.has(keyword) ? mapValues(value, again(part, position)) : value;
}

/** Each target is viewed once for every way of looking at it. */
function targetRef(ref: string, position: Position, context: Context): string {
  const { document, view, faults, discriminators, targets, refs } = context;
  const target = lookUp(document, ref);
  if (typeof target !== 'boolean' && Object(target) !== target) {
    faults.add(position.where, `has a $ref that leads nowhere: ${ref}`);
    targets.set(unresolved, true);
    return unresolved;
  }
  const own = ownedIn(target, position, context);
  const isInherited = position.isInherited && [...familyOf(document, target)].some(discriminators.isParent);
  const beyond = position.isTest ? [] : [...position.owned].filter((name) => !own.has(name)).sort();
  const key = JSON.stringify([stepsOf(ref), position.isTest, position.isParameter, isInherited, beyond]);
  const known = refs.get(key);
  if (known) {
    faults.repeat(position.where, known);
    return known.value;
  }
  const made = `contract://${view}/${refs.size}`;
  refs.set(key, { value: made, told: [] }); // Before the target is viewed, which may refer to itself.
  const from = {
    ...position,
    where: placeOf(ref) ?? position.where,
    owned: new Set([...position.owned, ...own]),
    isInherited,
  };
  const { value, told } = faults.recorded(position.where, () => viewed(target, from, context));
  targets.set(made, value);
  refs.set(key, { value: made, told });
  return made;
}

/** Stands for nothing: its fault ends the boot, and until then Ajv has something to compile. */
const unresolved = 'contract://unresolved';

function placeOf(ref: string): string | undefined {
  const [, name] = /^#\/components\/schemas\/([^/]+)$/.exec(ref) ?? [];
  return name === undefined ? undefined : `schema ${name}`;
}

/** Undefined also where the property that decides is not for this side. */
function casesOf(written: SchemaObject, position: Position, context: Context): Discriminated | undefined {
  tellOf(written, position, context);
  if (!('discriminator' in written) || isBase(written, position, context)) return undefined;
  const refuse = (what: string) => context.faults.add(position.where, what);
  const found = context.discriminators.of(written, refuse);
  return found && position.owned.has(found.property) && !position.isTest ? undefined : found;
}

function tellOf(written: SchemaObject, { where }: Position, { faults }: Context): void {
  for (const [keyword, value] of Object.entries(written)) {
    const fault = keywordFault(keyword, value);
    if (fault) faults.add(where, fault);
  }
}

/** Children lead back to the schema that decided between them. */
function viewedCase(
  schema: unknown,
  { cases, position }: { cases: Discriminated; position: Position },
  context: Context,
): unknown {
  return cases.keyword
    ? branch(schema, position, context)
    : viewed(schema, { ...position, isInherited: true }, context);
}
