/** `make lint` on a broken copy of the contract: where, what is wrong and what to do, in this form. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { remedyOf } from '../../scripts/lint/remedies.ts';
import { hasErrors, lintContract } from '../../scripts/lint/lint.ts';
import { findingsReport } from '../../scripts/lint/report.ts';
import { parse } from 'yaml';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'accord-lint-test-'));
  await cp('openapi', path.join(root, 'openapi'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

test('a contract without faults has no finding', async () => {
  const result = await lintContract(root);
  expect(result.findings).toEqual([]);
  expect(hasErrors(result)).toBe(false);
});

test('a finding has its place in the source, what is wrong, and on the next line what to do', async () => {
  const line = await replaceIn('items.yaml', '    maxLength: 255\n', '');
  const result = await lintContract(root);
  expect(findingsReport(result.findings)).toBe(
    [
      `openapi/items.yaml:${line - 2}:5  error  This string has no end.`,
      '    Add `maxLength`. (string-max-length)',
      '',
      '1 error in 1 file.',
    ].join('\n'),
  );
  expect(hasErrors(result)).toBe(true);
});

test('causes come before what follows from them, and the files with causes before others', async () => {
  await replaceIn('auth.yaml', 'operationId: login', 'operationId: log_in');
  await replaceIn('users.yaml', 'operationId: createUser', 'operationID: createUser');
  const { findings } = await lintContract(root);
  expect(findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
    'openapi/users.yaml struct',
    'openapi/users.yaml operation-operationId',
    'openapi/auth.yaml camel-case-operation-ids',
  ]);
  expect(findings[0]).toMatchObject({ remedy: 'Did you mean `operationId`?' });
});

test('what is not YAML is one finding, whatever follows from it', async () => {
  const line = await replaceIn('items.yaml', '      summary: List items', '\tsummary: List items');
  const { findings } = await lintContract(root);
  expect(findings).toMatchObject([
    { file: 'openapi/items.yaml', line, column: 1, rule: 'yaml', remedy: 'Indent with spaces.' },
  ]);
});

test('a $ref that leads nowhere is quoted, with the name that may have been meant', async () => {
  const line = await replaceIn(
    'items.yaml',
    'common.yaml#/responses/NotAcceptable',
    'common.yaml#/responses/NotAceptable',
  );
  const { findings } = await lintContract(root);
  expect(findings).toMatchObject([
    {
      line,
      wrong: '`common.yaml#/responses/NotAceptable` leads nowhere.',
      remedy: 'Did you mean `#/responses/NotAcceptable`?',
    },
  ]);
});

test('a missing file is told where it is referred to', async () => {
  await rm(path.join(root, 'openapi/auth.yaml'));
  const { findings } = await lintContract(root);
  expect(findings[0]).toMatchObject({ file: 'openapi/openapi.yaml', rule: 'no-unresolved-refs' });
  expect(findings[0]?.remedy).toContain('There is no openapi/auth.yaml');
});

test('what nothing uses is told, in any file', async () => {
  await writeFile(path.join(root, 'openapi/notes.yaml'), 'paths: {}\n');
  await replaceIn('items.yaml', 'schemas:\n', 'schemas:\n  Leftover: { type: boolean }\n');
  const { findings } = await lintContract(root);
  expect(findings.map(({ file, wrong }) => `${file}: ${wrong}`)).toEqual([
    'openapi/items.yaml: `#/schemas/Leftover` is used nowhere.',
    'openapi/notes.yaml: Nothing refers to this file: the contract does not contain it.',
  ]);
});

test('a contract without a beginning is one clear finding', async () => {
  await rm(path.join(root, 'openapi/openapi.yaml'));
  const { findings } = await lintContract(root);
  expect(findings).toMatchObject([
    { file: 'openapi/openapi.yaml', wrong: expect.stringContaining('does not exist'), line: 1 },
  ]);
});

test('every rule of Redocly that redocly.yaml turns on has a remedy', async () => {
  const config: { rules: Record<string, unknown> } = parse(await readFile('redocly.yaml', 'utf8'));
  const rules = Object.keys(config.rules).filter(
    (rule) => !rule.startsWith('accord/') && config.rules[rule] !== 'off',
  );
  const without = rules.filter((rule) => remedyOf({ rule, message: '', suggest: [] }) === undefined);
  expect(without).toEqual([]);
});

/** Replaces the first occurrence; returns its line. */
async function replaceIn(file: string, before: string, after: string): Promise<number> {
  const name = path.join(root, 'openapi', file);
  const text = await readFile(name, 'utf8');
  const index = text.indexOf(before);
  if (index < 0) throw new Error(`${file} has no ${before}`);
  await writeFile(
    name,
    text.replace(before, () => after),
  );
  return text.slice(0, index).split('\n').length;
}
