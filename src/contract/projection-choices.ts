/** Which of the schemas that depend on a value apply to it: for a projection. */
import { isNull } from './schema-dialect.ts';
import { asSchema, casesKeyword, listOf } from './schema-keywords.ts';
import { declare, flatten, partsOf } from './schema-parts.ts';
import type { JsonSchema } from './document.ts';
import type { Projector } from './projectors.ts';
import type { DiscriminatedCases, SchemaObject } from './schema-keywords.ts';

/** Chooses from several sets of schemas. */
export interface Selector {
  /** Its place among the selectors of the value. */
  readonly id: number;
  readonly options: readonly (readonly unknown[])[];
  /** Indexes of the options that apply to an object or a list. */
  select(value: object): readonly number[];
}

export interface ChoiceTools {
  readonly targets: ReadonlyMap<string, JsonSchema>;
  /** What applies to the value for certain. */
  readonly outer: readonly SchemaObject[];
  test(schema: unknown): (value: unknown) => boolean;
  /** The projector of a value to which these apply besides what is certain. */
  project(schemas: readonly unknown[]): Projector;
  refuse(what: string): void;
}

type Made = Omit<Selector, 'id'>;

/** The selectors of a value to which all these schemas apply; none: nothing depends on it. */
export function selectorsOf(schemas: readonly SchemaObject[], tools: ChoiceTools): readonly Selector[] {
  const conditions = schemas.filter((schema) => isDeclaringCondition(schema, tools));
  const made = schemas.flatMap((schema): (Made | undefined)[] => [
    branchSelector(listOf(schema['oneOf']), tools),
    branchSelector(listOf(schema['anyOf']), tools),
    caseSelector(schema[casesKeyword] as DiscriminatedCases | undefined), // We wrote it.
    ...Object.entries(asSchema(schema['dependentSchemas'])).map(([name, one]) =>
      dependentSelector(name, one, tools),
    ),
    conditions.includes(schema) ? conditionSelector(schema, tools) : undefined,
  ]);
  const selectors = made.filter((selector) => selector !== undefined);
  if (selectors.length > 1) refuseUndecided(conditions, tools);
  return selectors.map((selector, id) => ({ ...selector, id }));
}

/** The branches that a value fits; where it fits none, any of them may be meant, and validation will tell. */
function branchSelector(branches: readonly unknown[], { test, project }: ChoiceTools): Made | undefined {
  if (branches.length === 0) return undefined;
  const options = branches.map((schema) => [schema]);
  const tests = options.map((option) => ({ project: project(option), fits: test(option[0]) }));
  const all = options.map((_, index) => index);
  return {
    options,
    select(value) {
      const fitting = all.filter((index) => tests[index]?.fits(tests[index].project(value)));
      return fitting.length > 0 ? fitting : all;
    },
  };
}

function caseSelector(discriminated: DiscriminatedCases | undefined): Made | undefined {
  if (!discriminated) return undefined;
  const { property, cases } = discriminated;
  const indexes = new Map(
    cases.flatMap(({ values }, index) => values.map((value) => [value, [index]] as const)),
  );
  const valueOf = (value: object): unknown =>
    Object.hasOwn(value, property) ? (value as Record<string, unknown>)[property] : undefined; // hasOwn proved the key. prettier-ignore
  return {
    options: cases.map(({ schema }) => [schema]),
    select: (value) => indexes.get(valueOf(value)) ?? [],
  };
}

/** Only a property that leaves brings the schema that depends on it. */
function dependentSelector(name: string, schema: unknown, { project }: ChoiceTools): Made {
  const projectAlone = project([schema]);
  return {
    options: [[schema]],
    select(value) {
      const left = projectAlone(value);
      return typeof left === 'object' && left !== null && Object.hasOwn(left, name) ? [0] : [];
    },
  };
}

/** Asked of what would leave, not of what the handler gave: a property that stays behind decides nothing. */
function conditionSelector(schema: SchemaObject, { test, project }: ChoiceTools): Made {
  const holding = [schema['if'], schema['then'] ?? true];
  const failing = [schema['else'] ?? true];
  const holds = test(schema['if']);
  const [projectHolding, projectFailing] = [project(holding), project(failing)];
  return {
    options: [holding, failing],
    select(value) {
      if (holds(projectHolding(value))) return [0];
      return holds(projectFailing(value)) ? [] : [1];
    },
  };
}

/** Where neither branch declares anything, the condition is the validator's business alone. */
function isDeclaringCondition(schema: SchemaObject, { targets }: ChoiceTools): boolean {
  if (!('if' in schema) || schema['if'] === isNull) return false;
  return declare(flatten(targets, [schema['then'], schema['else']]));
}

/**
 * A condition is asked of a value without what other choices would add. If it tests such a property, it would be
 * answered differently for what leaves, and the wrong branch would have declared it.
 */
function refuseUndecided(conditions: readonly SchemaObject[], { outer, targets, refuse }: ChoiceTools): void {
  if (conditions.length === 0) return;
  const { properties, isOpenObject } = partsOf(outer);
  const tested = conditions.flatMap((schema) => [...testedNames(schema['if'], targets)]);
  const unknown = isOpenObject ? tested : tested.filter((name) => !properties.has(name));
  const [name] = unknown;
  if (name !== undefined)
    refuse(
      `has a schema whose if tests ${name}, which is not declared beside it for certain: what may leave cannot be decided`,
    );
}

function testedNames(
  schema: unknown,
  targets: ReadonlyMap<string, JsonSchema>,
  visited = new Set<unknown>(),
): Set<string> {
  if (typeof schema !== 'object' || schema === null || visited.has(schema)) return new Set();
  visited.add(schema);
  if (Array.isArray(schema)) return union(schema.map((child) => testedNames(child, targets, visited)));
  const { properties, required, $ref: ref, not, allOf, anyOf, oneOf, if: test } = asSchema(schema);
  const own = new Set([...Object.keys(asSchema(properties)), ...listOf(required).map(String)]);
  const target = typeof ref === 'string' ? targets.get(ref) : undefined;
  return union([
    own,
    ...[target, not, allOf, anyOf, oneOf, test].map((child) => testedNames(child, targets, visited)),
  ]);
}

function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}
