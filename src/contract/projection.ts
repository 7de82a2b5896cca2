/**
 * Projects a reply onto its schema: what the contract does not declare cannot leave the server. A value is
 * projected by all schemas that apply to it together: its own, those it refers to, the parts of `allOf`,
 * and the branches of `oneOf` and `anyOf` that it fits.
 */
import { arrayProjector, keep, objectProjector, valueProjector } from './projectors.ts';
import { choicesOf, flatten, mayBe, partsOf, refuseUnfollowed, withoutChoices } from './schema-parts.ts';
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { Projector } from './projectors.ts';
import type { SchemaObject } from './schema-parts.ts';
import type { SchemaCompiler } from './validator.ts';

/** Gives the projector of a schema found at `where`. */
export type Projection = (schema: JsonSchema, where: string) => Projector;

interface Tools {
  readonly document: ContractDocument;
  readonly compiler: SchemaCompiler;
  readonly faults: BootFaults;
}

interface Context extends Tools {
  readonly where: string;
  /** By the schemas they project; what also ends the recursion of recursive schemas. */
  readonly made: Map<string, Projector>;
}

/** The projectors of a contract. They never fail: validation comes afterwards. */
export function createProjection(tools: Tools): Projection {
  const made = new Map<string, Projector>();
  return (schema, where) => projectorOf([schema], { ...tools, where, made });
}

/** The projector of a value to which all these schemas apply. */
function projectorOf(schemas: readonly unknown[], context: Context): Projector {
  const { made } = context;
  const key = JSON.stringify(schemas);
  const known = made.get(key);
  if (known) return known;
  let projector = keep;
  made.set(key, (value) => projector(value)); // For those who meet it again while it is being made.
  const flat = flatten(context.document, schemas);
  refuseUnfollowed(flat, (what) => context.faults.add(context.where, what));
  const choices = choicesOf(flat);
  projector = choices.length > 0 ? choiceProjector(flat, choices, context) : plainProjector(flat, context);
  made.set(key, projector);
  return projector;
}

function plainProjector(schemas: readonly SchemaObject[], context: Context): Projector {
  const { properties, withheld, rest, items, isOpenObject } = partsOf(context.document, schemas);
  const project = (list: readonly unknown[]) => projectorOf(list, context);
  const projectProperties = () =>
    objectProjector({
      properties: [...properties].map(([name, list]) => [name, project(list)]),
      withheld,
      rest: rest.length === 0 ? undefined : project(rest),
    });
  const object = isOpenObject ? keep : projectProperties();
  const array = items.length === 0 ? keep : arrayProjector(project(items));
  return valueProjector({
    object: mayBe('object', schemas) ? object : undefined,
    array: mayBe('array', schemas) ? array : undefined,
  });
}

/** The branches that a value fits decide what else it may hold; where it fits none, any of them may. */
function choiceProjector(
  schemas: readonly SchemaObject[],
  choices: readonly unknown[],
  context: Context,
): Projector {
  const outer = withoutChoices(schemas);
  const branches = choices.map((schema) => ({
    schema,
    project: projectorOf([...outer, schema], context),
    validator: context.compiler.compile(schema as JsonSchema, context.where), // The keyword lists schemas.
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const fitting = branches.filter(({ project, validator }) => validator.accepts(project(value)));
    const [only, ...others] = fitting;
    if (only && others.length === 0) return only.project(value);
    const chosen = fitting.length > 0 ? fitting : branches;
    return projectorOf([...outer, ...chosen.map(({ schema }) => schema)], context)(value);
  };
}
