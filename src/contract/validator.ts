/** The validators of a contract's schemas, each in its request or its reply view: written down before, or compiled. */
import { createAjv } from './ajv.ts';
import { circleFinder } from './schema-circles.ts';
import { createFillerMaker } from './schema-defaults.ts';
import { createSchemaView } from './schema-views.ts';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { BootFaults, Recorded } from './boot-faults.ts';
import type { CompiledValidators } from './compiled-validators.ts';
import type { JsonSchema } from './document.ts';
import type { Filler } from './schema-defaults.ts';
import type { ViewSource } from './schema-views.ts';

export interface Validator {
  /** Stops at the first error, so that a hostile value cannot make it work long. Fills in defaults (requests). */
  accepts(value: unknown): boolean;
  /** The error for which `accepts` has just returned false. */
  firstError(): readonly ErrorObject[];
  /** Every error of the value. Its cost grows with them: for values of bounded size. */
  everyError(value: unknown): readonly ErrorObject[];
}

/** What the validators of a view are made of. */
export interface TestedSchemas {
  /** Every viewed schema that there is a test for, by its text. */
  readonly tested: ReadonlyMap<string, JsonSchema>;
  /** What the `$ref`s of viewed schemas stand for, by `$ref`. */
  readonly targets: ReadonlyMap<string, JsonSchema>;
}

export interface SchemaCompiler extends TestedSchemas {
  /** Compiles a schema found at `where`; what Ajv refuses becomes a fault and accepts nothing. */
  compile(schema: JsonSchema, where: string): Validator;
  /** The schema as the view sees it, for those who take it apart. */
  viewed(schema: JsonSchema, where: string): JsonSchema;
  /** A test for a part of a viewed schema. */
  test(viewed: unknown): (value: unknown) => boolean;
}

export interface CompilerOptions extends ViewSource {
  /** Formats that nothing checks, besides those that the engine knows. */
  readonly annotationFormats?: readonly string[] | undefined;
  /** By the text of the viewed schema. */
  readonly compiled?: CompiledValidators['validators'] | undefined;
}

export function createSchemaCompiler({
  annotationFormats = [],
  compiled = {},
  ...source
}: CompilerOptions): SchemaCompiler {
  const { view, faults } = source;
  const schemaView = createSchemaView(source);
  const { targets } = schemaView;
  const hasCircle = circleFinder(targets);
  // Made for the first schema that is not compiled yet, and when the first request is refused: compiling everything
  // twice would double the start.
  const ajvOf = (allErrors: boolean) => withTargets(createAjv({ allErrors, annotationFormats }), targets);
  const fast = once(() => ajvOf(false));
  const thorough = once(() => ajvOf(true));

  const viewed = remembering(faults, (schema, where): JsonSchema => {
    const found = schemaView.of(schema, where);
    if (!hasCircle()) return found;
    faults.add(where, 'has a schema that refers to itself without going into the value');
    return false;
  });
  const tested = new Map<string, JsonSchema>();
  const test = (part: unknown): ValidateFunction => {
    const schema = part as JsonSchema; // Of a viewed one.
    const text = JSON.stringify(schema);
    tested.set(text, schema);
    return compiled[text] ?? fast()().compile(schema);
  };
  const compile = (schema: JsonSchema, where: string): Validator => {
    const found = viewed(schema, where);
    try {
      const refuse = (what: string) => faults.add(where, what);
      const fill = view === 'request' ? createFillerMaker({ targets, test, refuse })(found) : undefined;
      return validatorOf(
        test(found),
        once(() => thorough()().compile(found)),
        fill,
      );
    } catch (error) {
      faults.add(where, `has a schema that cannot be compiled: ${messageOf(error)}`);
      return validatorOf(test(false), () => test(false), undefined);
    }
  };
  return { compile: remembering(faults, compile), viewed, test, tested, targets };
}

/** An Ajv that knows every target there is by now. */
export function withTargets(ajv: Ajv2020, targets: ReadonlyMap<string, JsonSchema>): () => Ajv2020 {
  let known = 0;
  return () => {
    if (known === targets.size) return ajv;
    for (const [ref, schema] of [...targets].slice(known)) ajv.addSchema(asObject(schema), ref);
    known = targets.size;
    return ajv;
  };
}

/** Ajv registers no booleans. */
function asObject(schema: JsonSchema): Exclude<JsonSchema, boolean> {
  if (typeof schema === 'object') return schema;
  return schema ? {} : { not: {} };
}

function validatorOf(
  fast: ValidateFunction,
  thorough: () => ValidateFunction,
  fill: Filler | undefined,
): Validator {
  return {
    accepts: fill ? (value) => fast(value) && (fill(value), true) : (value) => fast(value),
    firstError: () => fast.errors ?? [],
    everyError(value) {
      const validate = thorough();
      return validate(value) ? [] : (validate.errors ?? []);
    },
  };
}

/** Every operation answers with the same problems: compile them once. A fault is told of each that shares it. */
function remembering<Made>(
  faults: BootFaults,
  make: (schema: JsonSchema, where: string) => Made,
): typeof make {
  const made = new Map<string, Recorded<Made>>();
  return (schema, where) => {
    const key = JSON.stringify(schema);
    const known = made.get(key);
    if (known) faults.repeat(where, known);
    const entry = known ?? faults.recorded(where, () => make(schema, where));
    made.set(key, entry);
    return entry.value;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
