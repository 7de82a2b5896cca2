/**
 * Fills the defaults of a schema into a value that fits it. Ajv would do so while it validates, also by the
 * branches that turn out not to fit.
 */
import { patternOf } from './pattern.ts';
import { asSchema, casesKeyword, listOf } from './schema-keywords.ts';
import type { JsonSchema } from './document.ts';
import type { DiscriminatedCases, SchemaObject } from './schema-keywords.ts';

/** Fills in place. */
export type Filler = (value: unknown) => void;

export interface FillerTools {
  /** What the `$ref`s of viewed schemas stand for. */
  readonly targets: ReadonlyMap<string, JsonSchema>;
  /** A test for a viewed schema. */
  test(schema: unknown): (value: unknown) => boolean;
  /** Hears of a default that its own schema does not allow. */
  refuse(what: string): void;
}

/** The filler of a viewed schema; undefined: there is nothing to fill. */
export type FillerMaker = (schema: unknown) => Filler | undefined;

export function createFillerMaker(tools: FillerTools): FillerMaker {
  const made = new Map<unknown, { filler: Filler | undefined }>();
  const make = (schema: unknown): Filler | undefined => {
    if (!hasDefaults(schema, tools.targets)) return undefined;
    const known = made.get(schema);
    if (known) return known.filler ?? ((value) => known.filler?.(value)); // It may be in the making.
    const entry: { filler: Filler | undefined } = { filler: undefined };
    made.set(schema, entry);
    entry.filler = inTurn(stepsOf(asSchema(schema), make, tools));
    return entry.filler;
  };
  return make;
}

function inTurn(fillers: readonly (Filler | undefined)[]): Filler {
  const present = fillers.filter((filler) => filler !== undefined);
  return (value) => {
    for (const fill of present) fill(value);
  };
}

/** What depends on the value is decided before anything is filled in. */
function stepsOf(schema: SchemaObject, make: FillerMaker, tools: FillerTools): (Filler | undefined)[] {
  return [
    ...['oneOf', 'anyOf'].map((keyword) => branchFiller(listOf(schema[keyword]), make, tools)),
    'if' in schema ? conditionFiller(schema, make, tools) : undefined,
    dependentFiller(asSchema(schema['dependentSchemas']), make),
    typeof schema['$ref'] === 'string' ? make(tools.targets.get(schema['$ref'])) : undefined,
    ...(casesKeyword in schema ? [caseFiller(schema[casesKeyword] as DiscriminatedCases, make)] : listOf(schema['allOf']).map(make)), // We wrote it.
    propertyFiller(schema, make, tools),
    itemFiller(schema, make),
  ]; // prettier-ignore
}

function branchFiller(
  branches: readonly unknown[],
  make: FillerMaker,
  { test }: FillerTools,
): Filler | undefined {
  const fillers = branches.map((branch) => ({ branch, fill: make(branch) }));
  if (fillers.every(({ fill }) => fill === undefined)) return undefined;
  const tested = fillers.map(({ branch, fill }) => ({ fits: test(branch), fill }));
  return (value) => {
    for (const { fill } of tested.filter(({ fits }) => fits(value))) fill?.(value);
  };
}

function conditionFiller(schema: SchemaObject, make: FillerMaker, { test }: FillerTools): Filler | undefined {
  const [fillThen, fillElse] = [make(schema['then']), make(schema['else'])];
  if (!fillThen && !fillElse) return undefined;
  const holds = test(schema['if']);
  return (value) => (holds(value) ? fillThen : fillElse)?.(value);
}

function dependentFiller(schemas: SchemaObject, make: FillerMaker): Filler | undefined {
  const fillers = Object.entries(schemas).map(([name, schema]) => [name, make(schema)] as const);
  if (fillers.every(([, fill]) => fill === undefined)) return undefined;
  return (value) => {
    if (!isObject(value)) return;
    for (const [name, fill] of fillers) if (Object.hasOwn(value, name)) fill?.(value);
  };
}

function caseFiller({ property, cases }: DiscriminatedCases, make: FillerMaker): Filler {
  const fillers = new Map(
    cases.flatMap(({ values, schema }) => values.map((value) => [value, make(schema)] as const)),
  );
  return (value) => {
    if (isObject(value)) fillers.get(value[property])?.(value);
  };
}

function propertyFiller(schema: SchemaObject, make: FillerMaker, tools: FillerTools): Filler | undefined {
  const rules = Object.entries(asSchema(schema['properties'])).flatMap(([name, child]) => {
    const preset = defaultOf(child, tools);
    const fill = make(child);
    return preset || fill ? [{ name, preset, fill }] : [];
  });
  const others = otherFiller(schema, make);
  if (rules.length === 0) return others;
  return (value) => {
    if (!isObject(value)) return;
    others?.(value);
    for (const { name, preset, fill } of rules) {
      if (!Object.hasOwn(value, name)) {
        if (preset) value[name] = preset();
      } else fill?.(value[name]);
    }
  };
}

/** Properties by the patterns of their names, and those that have neither a name of their own nor such a pattern. */
function otherFiller(schema: SchemaObject, make: FillerMaker): Filler | undefined {
  const patterns = Object.entries(asSchema(schema['patternProperties'])).map(([source, child]) => ({
    pattern: patternOf(source),
    fill: make(child),
  }));
  const fillRest = make(schema['additionalProperties']) ?? make(schema['unevaluatedProperties']);
  if (!fillRest && patterns.every(({ fill }) => fill === undefined)) return undefined;
  const named = new Set(Object.keys(asSchema(schema['properties'])));
  return (value) => {
    if (!isObject(value)) return;
    for (const name of Object.keys(value)) {
      const matching = patterns.filter(({ pattern }) => pattern.test(name));
      for (const { fill } of matching) fill?.(value[name]);
      if (matching.length === 0 && !named.has(name)) fillRest?.(value[name]);
    }
  };
}

function itemFiller(schema: SchemaObject, make: FillerMaker): Filler | undefined {
  const first = listOf(schema['prefixItems']).map(make);
  const rest = make(schema['items']);
  if (!rest && first.every((fill) => fill === undefined)) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return;
    value.forEach((item, index) => (index < first.length ? first[index] : rest)?.(item));
  };
}

/** A new one for every value, also from behind a `$ref` or in `allOf`. Undefined: there is none. */
function defaultOf(schema: unknown, tools: FillerTools): (() => unknown) | undefined {
  const found = findDefault(schema, tools.targets, 0);
  if (!found) return undefined;
  const preset = found.default;
  if (!tools.test(schema)(structuredClone(preset)))
    tools.refuse(`has a default that its own schema does not allow: ${JSON.stringify(preset)}`);
  return typeof preset === 'object' && preset !== null ? () => structuredClone(preset) : () => preset;
}

const maxHops = 20;

function findDefault(
  node: unknown,
  targets: FillerTools['targets'],
  hops: number,
): { default: unknown } | undefined {
  const schema = asSchema(node);
  if ('default' in schema) return { default: schema['default'] };
  if (hops === maxHops) return undefined;
  const target = typeof schema['$ref'] === 'string' ? targets.get(schema['$ref']) : undefined;
  for (const child of [target, ...listOf(schema['allOf'])]) {
    const found = findDefault(child, targets, hops + 1);
    if (found) return found;
  }
  return undefined;
}

/** True when a property with a default can be reached; of recursive schemas each is looked at once. */
function hasDefaults(node: unknown, targets: FillerTools['targets'], visited = new Set<unknown>()): boolean {
  if (typeof node !== 'object' || node === null || visited.has(node)) return false;
  visited.add(node);
  if (Array.isArray(node)) return node.some((child) => hasDefaults(child, targets, visited));
  const schema = asSchema(node);
  if (Object.values(asSchema(schema['properties'])).some((child) => findDefault(child, targets, 0)))
    return true;
  if (typeof schema['$ref'] === 'string' && hasDefaults(targets.get(schema['$ref']), targets, visited))
    return true;
  return Object.entries(schema).some(
    ([keyword, child]) => !isData.has(keyword) && hasDefaults(child, targets, visited),
  );
}

/** Keywords whose values are no schemas, whatever they look like. */
const isData = new Set(['default', 'enum', 'const', 'examples', casesKeyword]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
