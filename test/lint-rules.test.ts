/** The house rules of the contract: each one reports what breaks it, and the real contract keeps them all. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { lintContract } from '../scripts/lint/lint.ts';
import accordPlugin from '../scripts/redocly/plugin.ts';
import { runRedocly } from '../scripts/redocly/run.ts';
import { cases } from './lint-rules.cases.ts';

interface Reported {
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer: string }[];
}

describe('a house rule', () => {
  let reported: readonly Reported[] = [];
  beforeAll(async () => {
    reported = await lintCases();
  }, 30_000);

  test.each(cases.map((each, index) => ({ ...each, index })))(
    '$rule says: $advice ($index)',
    ({ rule, advice, index }) => {
      expect(reportsAt(`wrong-${index}`, rule)).toContainEqual(expect.stringContaining(advice));
      expect(reportsAt(`right-${index}`, rule)).toEqual([]);
    },
  );

  function reportsAt(path: string, rule: string): string[] {
    return reported
      .filter(({ ruleId, location }) => ruleId === `accord/${rule}` && isUnder(path, location[0]?.pointer))
      .map(({ message }) => message);
  }
});

test('every house rule is shown here and turned on', async () => {
  const names = Object.keys(accordPlugin().rules.oas3).toSorted();
  const config: { rules: Record<string, unknown> } = parse(await readFile('redocly.yaml', 'utf8'));
  expect([...new Set(cases.map(({ rule }) => rule))].toSorted()).toEqual(names);
  expect(config.rules).toMatchObject(Object.fromEntries(names.map((name) => [`accord/${name}`, 'error'])));
});

test('the contract keeps every rule, and uses everything that it defines', async () => {
  expect((await lintContract()).findings).toEqual([]);
}, 30_000);

/** All cases as one document, so that one run of the linter is enough: /wrong-0, /right-0, /wrong-1, … */
async function lintCases(): Promise<readonly Reported[]> {
  const paths = cases.flatMap(({ wrong, right }, index) => [
    `  /wrong-${index}: ${wrong}`,
    `  /right-${index}: ${right}`,
  ]);
  const components = `
components:
  schemas:
    Thing: { type: object, properties: { id: {} } }
    Page: { properties: { items: {}, total: {}, page: {}, size: {}, pages: {} } }
    Problem: { type: object }
  responses:
    NotFound:
      content: { application/problem+json: { schema: { $ref: '#/components/schemas/Problem' } } }`;
  const folder = await mkdtemp(join(tmpdir(), 'lint-rules-'));
  const file = join(folder, 'things.yaml');
  await writeFile(file, `openapi: 3.1.0\npaths:\n${paths.join('\n')}\n${components}\n`);
  return lint(file).finally(() => rm(folder, { recursive: true }));
}

async function lint(file: string): Promise<readonly Reported[]> {
  const args = ['lint', file, '--config=redocly.yaml', '--format=json', '--max-problems=10000'];
  const { stdout } = await runRedocly('.', args);
  const output: { problems: readonly Reported[] } = JSON.parse(stdout);
  return output.problems;
}

function isUnder(path: string, pointer = ''): boolean {
  return pointer.startsWith(`#/paths/~1${path}/`);
}
