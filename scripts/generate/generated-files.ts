import { parseContract } from '#contract';
import { asyncApiOf } from '../../src/site/asyncapi.ts';
import { bundleContract } from './bundle.ts';
import { contractTypes } from './contract-types.ts';
import { databaseTypes } from './database-types.ts';
import { inputsHash } from './inputs.ts';
import { operationTable } from './operation-table.ts';
import { validatorFiles } from './validators.ts';

/** Everything that belongs in `generated/`, by file name. */
export async function generateFiles(): Promise<ReadonlyMap<string, string>> {
  const [document, database, inputs] = await Promise.all([bundleContract(), databaseTypes(), inputsHash()]);
  const bundle = `${JSON.stringify(document, null, 2)}\n`;
  return new Map([
    ['openapi.json', bundle],
    ['asyncapi.json', `${JSON.stringify(asyncApiOf(parseContract(bundle)), null, 2)}\n`],
    ['contract.ts', await contractTypes(document)],
    ['operations.ts', await operationTable(document)],
    ['database.ts', database],
    ...validatorFiles(bundle),
    ['inputs.sha256', inputs],
  ]);
}
