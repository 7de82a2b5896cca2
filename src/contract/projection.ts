/**
 * Projects a reply onto its schema: what the contract does not declare cannot leave the server. A value is
 * projected by all schemas that apply to it together: its own, those it refers to, the parts of `allOf`,
 * and of those that depend on the value the ones that it fits (projection-choices.ts).
 */
import { arrayProjector, keep, objectProjector, valueProjector } from './projectors.ts';
import { selectorsOf } from './projection-choices.ts';
import { flatten, isWithheld, mayBe, partsOf, withoutChoices } from './schema-parts.ts';
import type { BootFaults, Recorded } from './boot-faults.ts';
import type { JsonSchema } from './document.ts';
import type { Projector } from './projectors.ts';
import type { Selector } from './projection-choices.ts';
import type { SchemaObject } from './schema-keywords.ts';
import type { SchemaCompiler } from './validator.ts';

/** Gives the projector of a schema found at `where`. */
export type Projection = (schema: JsonSchema, where: string) => Projector;

interface Tools {
  readonly compiler: SchemaCompiler;
  readonly faults: BootFaults;
}

interface Context extends Tools {
  readonly where: string;
  /** By the schemas they project; what also ends the recursion of recursive schemas. */
  readonly made: Map<string, Recorded<Projector>>;
}

/** The projectors of a contract. They never fail: validation comes afterwards. */
export function createProjection(tools: Tools): Projection {
  const made = new Map<string, Recorded<Projector>>();
  return (schema, where) => projectorOf([tools.compiler.viewed(schema, where)], { ...tools, where, made });
}

/** The projector of a value to which all these viewed schemas apply. */
function projectorOf(schemas: readonly unknown[], context: Context): Projector {
  const { made, faults, where } = context;
  const key = JSON.stringify(schemas);
  const known = made.get(key);
  if (known) {
    faults.repeat(where, known);
    return known.value;
  }
  let projector = keep;
  // For those who meet it again while it is being made.
  made.set(key, { value: (value) => projector(value), told: [] });
  const recorded = faults.recorded(where, () => madeProjector(schemas, context));
  made.set(key, recorded);
  projector = recorded.value;
  return projector;
}

function madeProjector(schemas: readonly unknown[], context: Context): Projector {
  const { compiler, faults, where } = context;
  const flat = flatten(compiler.targets, schemas);
  const outer = withoutChoices(flat);
  const test = (schema: unknown) => tested(compiler, schema, context);
  const project = (list: readonly unknown[]) => projectorOf([...outer, ...list], context);
  const refuse = (what: string) => faults.add(where, what);
  const selectors = selectorsOf(flat, { targets: compiler.targets, outer, test, project, refuse });
  return selectors.length > 0 ? choiceProjector(selectors, project) : plainProjector(flat, context);
}

/** What cannot be compiled is a fault of the whole schema, and told there. */
function tested(
  compiler: SchemaCompiler,
  schema: unknown,
  { faults, where }: Context,
): (value: unknown) => boolean {
  try {
    return compiler.test(schema);
  } catch (error) {
    faults.add(where, `has a schema that cannot be compiled: ${error instanceof Error ? error.message : ''}`);
    return () => false;
  }
}

function plainProjector(schemas: readonly SchemaObject[], context: Context): Projector {
  const parts = partsOf(schemas);
  const project = (list: readonly unknown[]) => projectorOf(list, context);
  const projectProperties = () =>
    objectProjector({
      properties: [...parts.properties].map(([name, list]) => [name, project(list)]),
      patterns: parts.patterns.map(([pattern, schema]) => [pattern, isWithheld(schema) ? undefined : schema]),
      project,
      withheld: parts.withheld,
      rest: parts.rest.length === 0 ? undefined : project(parts.rest),
    });
  const projectItems = () =>
    arrayProjector({
      first: parts.first.map((list) => (list.some(isWithheld) ? undefined : project(list))),
      rest: parts.items.length === 0 || parts.items.some(isWithheld) ? undefined : project(parts.items),
    });
  return valueProjector({
    object: mayBe('object', schemas) ? (parts.isOpenObject ? keep : projectProperties()) : undefined,
    array: mayBe('array', schemas) ? (parts.isOpenList ? keep : projectItems()) : undefined,
  });
}

/** What every selector chooses is put together; each combination is made once. */
function choiceProjector(
  selectors: readonly Selector[],
  project: (schemas: readonly unknown[]) => Projector,
): Projector {
  const combined = new Map<string, Projector>();
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const chosen = selectors.flatMap(({ select, id }) => select(value).map((index) => ({ id, index })));
    const key = chosen.map(({ id, index }) => `${id}.${index}`).join();
    let projector = combined.get(key);
    if (!projector) {
      projector = project(chosen.flatMap(({ id, index }) => selectors[id]?.options[index] ?? []));
      combined.set(key, projector);
    }
    return projector(value);
  };
}
