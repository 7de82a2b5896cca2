/** `make diff` on tiny contracts in a git repository of their own. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareWith } from '../../scripts/diff/compare.ts';
import { comparisonReport } from '../../scripts/diff/report.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;
const describeWithGit = hasGit ? describe : describe.skip;

const paths = `
  /things:
    get:
      operationId: listThings
      x-access: any
      parameters:
        - { name: size, in: query, schema: { type: integer, default: 10 } }
      responses:
        '200':
          description: All things.
          headers: { ETag: { required: true, schema: { type: string } } }
          content: { application/json: { schema: { $ref: 'things.yaml#/schemas/Thing' } } }
    post:
      operationId: createThing
      requestBody: { content: { application/json: { schema: { $ref: 'things.yaml#/schemas/NewThing' } } } }
      responses:
        '204': { description: Done. }
        '409': { description: No., content: { application/problem+json: { schema: { $ref: 'things.yaml#/schemas/Problem' } } } }
  /things/{id}:
    delete: { operationId: deleteThing, responses: { '204': { description: Gone. } } }
`;
const things = `
schemas:
  Name: { type: string, maxLength: 20 }
  Thing: { type: object, required: [name], properties: { name: { $ref: '#/schemas/Name' } } }
  NewThing: { type: object, properties: { name: { $ref: '#/schemas/Name' } } }
  Problem: { type: object, properties: { code: { type: string, enum: [taken] } } }
`;

describeWithGit('make diff (needs git)', () => {
  let root = '';

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'accord-diff-test-'));
    await writeContract({ paths, things });
    git('init', '--quiet', '--initial-branch=main');
    commit();
  });

  afterEach(() => rm(root, { recursive: true }));

  test('says so when nothing has changed', async () => {
    const comparison = await compareWith('main', root);
    expect(comparisonReport(comparison)).toMatch(
      /^Compared with main \([0-9a-f]{7}\): no breaking changes, no additions, no other changes\.$/,
    );
  });

  test('names what breaks a client, where, and why, before what is new', async () => {
    await writeContract({
      paths: `${paths.slice(0, paths.indexOf('  /things/{id}'))}
  /notes:
    get: { operationId: listNotes, responses: { '200': { description: All notes. } } }\n`,
      things: things.replace('maxLength: 20', 'maxLength: 10'),
    });
    const report = comparisonReport(await compareWith('main', root));
    expect(report).toContain('2 breaking changes, 1 addition, no other changes.');
    expect(report).toContain("openapi/things.yaml:3:36  Name: `maxLength` changed from '20' to '10'.");
    expect(report).toContain(
      'Clients that send what was allowed are refused with 422. In requests of createThing.',
    );
    expect(report).toContain('Path `/things/{id}` was removed.');
    expect(report).toContain('GET /notes (listNotes)');
    expect(report.indexOf('Breaking')).toBeLessThan(report.indexOf('Added'));
  });

  test.each([
    ['a default', 'default: 10', 'default: 50', 'default-changed', '`default` became 50; it was 10.'],
    ['a promised header', 'ETag: { required: true, ', 'ETag: { ', 'header-became-optional', 'was removed'],
    ['who may call', 'x-access: any', 'x-access: owner', 'access-narrowed', '`x-access` became "owner"'],
  ])('sees what redocly diff misses: %s', async (_what, before, after, rule, message) => {
    await writeContract({ paths: paths.replace(before, after), things });
    const { breaches } = await compareWith('main', root);
    expect(breaches).toMatchObject([{ rule, message: expect.stringContaining(message) }]);
  });

  test('takes a new code of a problem as an addition', async () => {
    await writeContract({ paths, things: things.replace('[taken]', '[taken, sold_out]') });
    const { breaches, additions } = await compareWith('main', root);
    expect({ breaches: breaches.length, additions: additions.length }).toEqual({ breaches: 0, additions: 1 });
  });

  test('compares with the main branch, and on it with what is not committed, unless told otherwise', async () => {
    await writeContract({ paths, things: things.replace('maxLength: 20', 'maxLength: 10') });
    const uncommitted = await compareWith('', root);
    commit();
    git('branch', '--quiet', 'old', 'HEAD^');
    const old = await compareWith('old', root);
    expect(uncommitted).toMatchObject({
      base: { name: 'main' },
      breaches: [{ rule: 'schema-constraint-changed' }],
    });
    expect(old).toMatchObject({ base: { name: 'old' }, breaches: [{ rule: 'schema-constraint-changed' }] });
  });

  test('refuses what cannot be compared in one sentence, and leaves nothing behind', async () => {
    const before = await temporaryFolders();
    git('checkout', '--quiet', '--orphan', 'empty');
    git('rm', '--quiet', '-r', '--cached', '.');
    git('commit', '--quiet', '--allow-empty', '--message=Nothing');
    await expect(compareWith('nowhere', root)).rejects.toThrow('There is no revision nowhere here.');
    await expect(compareWith('--help', root)).rejects.toThrow('There is no revision --help here.');
    await expect(compareWith('empty', root)).rejects.toThrow('empty has no openapi/openapi.yaml');
    await writeContract({ paths: paths.replace('schemas/Thing', 'schemas/Thin'), things });
    await expect(compareWith('main', root)).rejects.toThrow('`things.yaml#/schemas/Thin` leads nowhere.');
    expect(await temporaryFolders()).toEqual(before);
  });

  async function writeContract(contract: { paths: string; things: string }): Promise<void> {
    const head = 'openapi: 3.1.0\ninfo: { title: Things, version: 1.0.0 }\npaths:';
    await mkdir(path.join(root, 'openapi'), { recursive: true });
    await writeFile(path.join(root, 'openapi/openapi.yaml'), head + contract.paths);
    await writeFile(path.join(root, 'openapi/things.yaml'), contract.things);
  }

  function commit(): void {
    git('add', '.');
    git('commit', '--quiet', '--message=Change');
  }

  function git(...args: string[]): void {
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
});

test('a folder outside of git is told so', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-diff-test-'));
  const sentence = hasGit ? 'not a checkout of git' : 'needs git';
  const outcome = expect(compareWith('main', folder)).rejects.toThrow(sentence);
  await outcome.finally(() => rm(folder, { recursive: true }));
});

async function temporaryFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => /^accord-diff-(?!test)/.test(name));
}
