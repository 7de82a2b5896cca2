/** Compiles the schemas of a contract, each in its request or its reply view. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { forbiddenKeyword, viewId, viewOf } from './schema-views.ts';
import { registerFormats } from './formats.ts';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { View } from './schema-views.ts';

export interface Validator {
  /** Stops at the first error, so that a hostile value cannot make it work long. Fills in defaults (requests). */
  accepts(value: unknown): boolean;
  /** The error for which `accepts` has just returned false. */
  firstError(): readonly ErrorObject[];
  /** Every error of the value. Its cost grows with them: for values of bounded size. */
  everyError(value: unknown): readonly ErrorObject[];
}

export interface SchemaCompiler {
  /** Compiles a schema found at `where`; what Ajv refuses becomes a fault and accepts nothing. */
  compile(schema: JsonSchema, where: string): Validator;
}

interface Source {
  readonly document: ContractDocument;
  readonly view: View;
  readonly faults: BootFaults;
}

export function createSchemaCompiler(
  document: ContractDocument,
  view: View,
  faults: BootFaults,
): SchemaCompiler {
  const components = viewOfComponents({ document, view, faults });
  const fast = createAjv(view, components, { allErrors: false });
  // Made when the first request is refused: compiling everything twice would double the start.
  const thorough = once(() => createAjv(view, components, { allErrors: true }));
  const compile = (schema: JsonSchema, where: string): Validator => {
    try {
      const viewed = viewOf(schema, { document, view, faults, where });
      return validatorOf(
        fast.compile(viewed),
        once(() => thorough().compile(viewed)),
      );
    } catch (error) {
      faults.add(where, `has a schema that cannot be compiled: ${messageOf(error)}`);
      return validatorOf(fast.compile(false), () => fast.compile(false));
    }
  };
  return { compile: remembering(compile) };
}

function validatorOf(fast: ValidateFunction, thorough: () => ValidateFunction): Validator {
  return {
    accepts: (value) => fast(value),
    firstError: () => fast.errors ?? [],
    everyError(value) {
      const validate = thorough();
      return validate(value) ? [] : (validate.errors ?? []);
    },
  };
}

function viewOfComponents({ document, view, faults }: Source): Record<string, JsonSchema> {
  const schemas = Object.entries(document.components?.schemas ?? {});
  return Object.fromEntries(
    schemas.map(([name, schema]) => [
      name,
      viewOf(schema, { document, view, faults, where: `schema ${name}` }),
    ]),
  );
}

/** Every operation answers with the same problems: compile them once. */
function remembering(compile: SchemaCompiler['compile']): SchemaCompiler['compile'] {
  const compiled = new Map<string, Validator>();
  return (schema, where) => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key) ?? compile(schema, where);
    compiled.set(key, known);
    return known;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function createAjv(
  view: View,
  schemas: Record<string, JsonSchema>,
  { allErrors }: { allErrors: boolean },
): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    strict: true,
    // These two only lint style; contracts of others would be refused for nothing.
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    // Never coerce: Ajv would take 0x10, 1e3 and true for integers.
    coerceTypes: false,
    useDefaults: view === 'request',
    // A property named `constructor` is not there only because every object inherits one.
    ownProperties: true,
    // Errors carry their schema, where an author may have put the words a client should read.
    verbose: true,
    // The linter has already checked the document; checking each schema again doubles the start-up.
    validateSchema: false,
  });
  registerFormats(ajv);
  ajv.addKeyword({ keyword: 'x-message', schemaType: 'string' });
  ajv.addKeyword({ keyword: forbiddenKeyword, schemaType: 'boolean', validate: () => false, errors: false });
  ajv.addKeyword('components');
  return ajv.addSchema({ $id: viewId(view), components: { schemas } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
