import { bundleContract } from './bundle.ts';
import { contractTypes } from './contract-types.ts';
import { databaseTypes } from './database-types.ts';
import { inputsHash } from './inputs.ts';
import { operationTable } from './operation-table.ts';

/** Everything that belongs in `generated/`, by file name. */
export async function generateFiles(): Promise<ReadonlyMap<string, string>> {
  const [document, database, inputs] = await Promise.all([bundleContract(), databaseTypes(), inputsHash()]);
  return new Map([
    ['openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['contract.ts', await contractTypes(document)],
    ['operations.ts', await operationTable(document)],
    ['database.ts', database],
    ['inputs.sha256', inputs],
  ]);
}
