/** Ajv as the engine wants it: strict about schemas, exact about values, and never slow. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { registerFormats } from './formats.ts';
import { patternOf } from './pattern.ts';
import { casesKeyword, forbiddenKeyword } from './schema-keywords.ts';
import { firstDuplicate } from './schema-uniqueness.ts';
import type { SchemaValidateFunction } from 'ajv';

export interface AjvOptions {
  readonly allErrors: boolean;
  /** Formats that nothing checks. */
  readonly annotationFormats: readonly string[];
}

export function createAjv({ allErrors, annotationFormats }: AjvOptions): Ajv2020 {
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
    // A property named `constructor` is not there only because every object inherits one.
    ownProperties: true,
    // Errors carry their schema, where an author may have put the words a client should read.
    verbose: true,
    // The linter has already checked the document; checking each schema again doubles the start-up.
    validateSchema: false,
    code: { regExp: Object.assign(patternOf, { code: 'patternOf' }) },
  });
  registerFormats(ajv, annotationFormats);
  ajv.addKeyword({ keyword: 'x-message', schemaType: 'string' });
  ajv.addKeyword({ keyword: forbiddenKeyword, schemaType: 'boolean', validate: () => false, errors: false });
  ajv.addKeyword(casesKeyword);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: areUnique,
    errors: 'full',
  });
  return ajv;
}

/** Ajv's way for a keyword to tell an error is a property of the function. */
const areUnique: SchemaValidateFunction = (isAsked: boolean, items: readonly unknown[]) => {
  const found = isAsked ? firstDuplicate(items) : undefined;
  if (!found) return true;
  const [earlier, later] = found;
  const message = `must not have the same item twice (${earlier} and ${later})`;
  areUnique.errors = [{ keyword: 'uniqueItems', message, params: { i: later, j: earlier } }];
  return false;
};
