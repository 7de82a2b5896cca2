// What a changed file means for the running server.
import path from 'node:path';
import { isInput } from '../generate/inputs.ts';

export interface Changes {
  /** The contract, or the rules that it is linted by. */
  readonly contract: readonly string[];
  /** What generated/ is made of besides: migrations, and the engine. */
  readonly inputs: readonly string[];
  /** What the server is made of. */
  readonly sources: readonly string[];
}

const CONTRACT = 'openapi/**/*.yaml';
const RULES = 'redocly.yaml';

export function sortChanges(paths: Iterable<string>): Changes {
  const all = [...paths];
  const contract = all.filter((file) => file === RULES || path.matchesGlob(file, CONTRACT));
  const others = all.filter((file) => !contract.includes(file));
  const sources = others.filter((file) => !file.startsWith(`openapi${path.sep}`));
  return { contract, inputs: others.filter(isInput), sources };
}
