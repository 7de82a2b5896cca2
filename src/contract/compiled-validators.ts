/** Validators that were written down by `validatorsModule`: loading them costs a tenth of compiling the schemas. */
import { createHash } from 'node:crypto';
import type { ValidateFunction } from 'ajv';
import type { TestedSchemas } from './validator.ts';

/** What such a module exports. */
export interface CompiledValidators {
  /** Of everything that the validators were made of. */
  readonly schemasHash: string;
  /** By the text of a schema, as its view has it. */
  readonly validators: Readonly<Record<string, ValidateFunction>>;
}

/** The contract, or the engine, has changed since the validators were written down. */
export class StaleValidators extends Error {
  override readonly name = 'StaleValidators';

  constructor() {
    super('The compiled validators were made from other schemas than the contract has now.');
  }
}

/**
 * The text of a schema does not tell what its `$ref`s stand for: only the hash of all of them together says whether
 * the validators are those of this contract.
 */
export function checkFreshness(
  compiled: CompiledValidators | undefined,
  schemas: readonly TestedSchemas[],
): void {
  if (compiled && compiled.schemasHash !== schemasHashOf(schemas)) throw new StaleValidators();
}

/** Of the schemas of both views, in the order in which the operations need them. */
export function schemasHashOf(schemas: readonly TestedSchemas[]): string {
  const hash = createHash('sha256');
  for (const { tested, targets } of schemas) hash.update(JSON.stringify([[...tested.keys()], [...targets]]));
  return hash.digest('base64url');
}
