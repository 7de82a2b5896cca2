/** Ajv as the engine wants it: strict about schemas, exact about values, and never slow. */
import { _, str } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { engineFormats } from './formats.ts';
import { patternOf } from './pattern.ts';
import { casesKeyword, forbiddenKeyword } from './schema-keywords.ts';
import { firstDuplicate } from './schema-uniqueness.ts';
import type { CodeKeywordDefinition, CodeOptions } from 'ajv';

export interface AjvOptions {
  readonly allErrors: boolean;
  /** Formats that nothing checks. */
  readonly annotationFormats: readonly string[];
  /** For validators that are written down instead of run. */
  readonly code?: CodeOptions | undefined;
}

export function createAjv({ allErrors, annotationFormats, code }: AjvOptions): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors,
    strict: true,
    // These only lint style; contracts of others would be refused for nothing.
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allowMatchingProperties: true,
    allowUnionTypes: true,
    // Never coerce: Ajv would take 0x10, 1e3 and true for integers.
    coerceTypes: false,
    // A property named `constructor` is not there only because every object inherits one.
    ownProperties: true,
    // Errors carry their schema, where an author may have put the words a client should read.
    verbose: true,
    // The linter has already checked the document; checking each schema again doubles the start-up.
    validateSchema: false,
    code: { ...code, regExp: Object.assign(patternOf, { code: 'patternOf' }) },
  });
  for (const [name, format] of Object.entries(engineFormats(annotationFormats))) ajv.addFormat(name, format);
  ajv.addKeyword({ keyword: 'x-message', schemaType: 'string' });
  ajv.addKeyword({ keyword: forbiddenKeyword, schemaType: 'boolean', code: (context) => context.fail() });
  ajv.addKeyword(casesKeyword);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
  return ajv;
}

/** As code, not as a function: only code can be written down. `firstDuplicate` is in the scope of both kinds. */
const uniqueItems: CodeKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  code(context) {
    if (context.schema !== true) return;
    const { gen, data } = context;
    const find = gen.scopeValue('func', { ref: firstDuplicate, code: _`firstDuplicate` });
    const found = gen.const('found', _`${find}(${data})`);
    context.setParams({ found });
    context.fail(_`${found} !== undefined`);
  },
  error: {
    message: ({ params: { found } }) =>
      str`must not have the same item twice (${_`${found}[0]`} and ${_`${found}[1]`})`,
    params: ({ params: { found } }) => _`{i: ${found}[1], j: ${found}[0]}`,
  },
};
