/** Writes the validators of a contract down as a module, for `CompiledValidators`. No server comes here. */
import { _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { createAjv } from './ajv.ts';
import { BootFaults } from './boot-faults.ts';
import { schemasHashOf } from './compiled-validators.ts';
import { prepareOperations } from './prepare.ts';
import { withTargets } from './validator.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { TestedSchemas } from './validator.ts';

/**
 * The source of an ES module. It imports formats and keywords from files of this folder, which it finds under
 * `engine`, so that they stay the functions that they are. Throws a ContractError when the document cannot be served.
 */
export function validatorsModule(
  document: ContractDocument,
  { engine }: { readonly engine: string },
): string {
  const faults = new BootFaults();
  const { schemas } = prepareOperations(document, { faults });
  faults.throwIfAny(document);
  const tested = new Map(schemas.flatMap((view) => [...view.tested]));
  const named = [...tested].map(([text, schema], index) => ({ name: `v${index}`, text, schema }));
  return [
    // What Ajv writes calls `require`, also in an ES module.
    `import { createRequire } from 'node:module';`,
    `import { engineFormats } from '${engine}/formats.ts';`,
    `import { patternOf } from '${engine}/pattern.ts';`,
    `import { firstDuplicate } from '${engine}/schema-uniqueness.ts';`,
    'const require = createRequire(import.meta.url);',
    'const formats = engineFormats();',
    codeOf(named, schemas),
    `export const schemasHash = '${schemasHashOf(schemas)}';`,
    'export const validators = {',
    ...named.map(({ name, text }) => `${JSON.stringify(text)}: ${name},`),
    '};',
    '',
  ].join('\n');
}

function codeOf(
  named: readonly { readonly name: string; readonly schema: JsonSchema }[],
  views: readonly TestedSchemas[],
): string {
  const code = { source: true, esm: true, lines: true, formats: _`formats` };
  const targets = new Map(views.flatMap((view) => [...view.targets]));
  const ajv = withTargets(createAjv({ allErrors: false, annotationFormats: [], code }), targets)();
  for (const { name, schema } of named) ajv.addSchema(schema, name);
  return standaloneCode.default(ajv, Object.fromEntries(named.map(({ name }) => [name, name])));
}
