/** The house rules of the contract: each one reports what breaks it, and the real contract keeps them all. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import accordPlugin from '../scripts/redocly/plugin.ts';
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

test('the contract keeps every rule', async () => {
  expect(await lint('openapi/openapi.yaml')).toEqual([]);
}, 30_000);

// Redocly's no-unused-components looks into the first file only.
test('the contract uses everything that it defines', async () => {
  const files = await contractFiles();
  const all = [...files.values()].join('\n');
  const unused = [...files].flatMap(([file, text]) =>
    definitionsIn(text).filter(
      (name) => !text.includes(`'#/${name}'`) && !all.includes(`'${file}#/${name}'`),
    ),
  );
  expect(unused).toEqual([]);
});

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

function lint(file: string): Promise<readonly Reported[]> {
  const cli = 'node_modules/@redocly/cli/bin/cli.js';
  const args = [cli, 'lint', file, '--config=redocly.yaml', '--format=json', '--max-problems=10000'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off' };
  const { promise, resolve, reject } = Promise.withResolvers<readonly Reported[]>();
  // It ends with 1 when it has found something: what it printed counts.
  execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => {
    if (stdout === '') return reject(new Error(stderr));
    const output: { problems: readonly Reported[] } = JSON.parse(stdout);
    resolve(output.problems);
  });
  return promise;
}

async function contractFiles(): Promise<Map<string, string>> {
  const names = await readdir('openapi');
  const texts = await Promise.all(names.map((name) => readFile(join('openapi', name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}

/** `schemas/Item`, `paths/items`, …: what the files below openapi.yaml define. */
function definitionsIn(text: string): string[] {
  const file: Record<string, Record<string, unknown>> = parse(text);
  if ('openapi' in file) return [];
  return Object.entries(file).flatMap(([kind, named]) => Object.keys(named).map((name) => `${kind}/${name}`));
}

function isUnder(path: string, pointer = ''): boolean {
  return pointer.startsWith(`#/paths/~1${path}/`);
}
