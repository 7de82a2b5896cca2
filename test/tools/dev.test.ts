/** What `make dev` says of code that does not follow the contract yet, on a tiny tree. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sortChanges } from '../../scripts/dev/changes.ts';
import { handlerGaps } from '../../scripts/dev/handler-gaps.ts';
import { findHandlers } from '../../scripts/dev/handlers.ts';
import { readYamlPlaces } from '#platform/yaml-places.ts';
import { stringify } from 'yaml';
import { errorsIn } from '../../scripts/dev/misfits.ts';
import { runQuietly } from '../../scripts/dev/processes.ts';

const document = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1.0.0' },
  paths: {
    '/notes': {
      get: { operationId: 'listNotes', tags: ['notes'], responses: {} },
      post: { operationId: 'createNote', tags: ['notes'], responses: {} },
    },
  },
};
const app = 'function handlersOf(): Handlers { return { notes: noteHandlers() }; }';

describe('between contract and handlers', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'accord-dev-test-'));
    await write('src/bind-contract.ts', app);
    await write('openapi/openapi.yaml', stringify(document));
  });
  afterEach(() => rm(root, { recursive: true }));

  test('nothing is missing when every operation has its handler', async () => {
    await write(
      'src/features/notes/handlers.ts',
      `export function noteHandlers(): HandlersOf<'notes'> {
        const text = () => { return { unrelated: 1 }; };
        return { listNotes, async createNote({ body }, reply) { return reply(201, body); } };
      }`,
    );
    expect(await gaps()).toEqual([]);
  });

  test('an operation without handler is named with the file to write', async () => {
    await write(
      'src/features/notes/handlers.ts',
      "export const notes: HandlersOf<'notes'> = { listNotes: () => 1 };",
    );
    expect(await gaps()).toEqual([
      'openapi/openapi.yaml:12:5  createNote  (POST /notes) has no handler: src/features/notes/handlers.ts',
    ]);
  });

  test('a new tag is told with its file and the place that binds it', async () => {
    await write('src/bind-contract.ts', app.replace('notes: noteHandlers()', 'items'));
    expect(await gaps()).toEqual([
      'openapi/openapi.yaml:7:5  listNotes  (GET /notes) has no handler: src/features/notes/handlers.ts',
      'openapi/openapi.yaml:12:5  createNote  (POST /notes) has no handler: src/features/notes/handlers.ts',
      'src/bind-contract.ts  notes  has handlers that are bound nowhere: add `notes` to handlersOf',
    ]);
  });

  test('a handler whose operation is gone is told with its line', async () => {
    await write(
      'src/features/notes/handlers.ts',
      "export const noteHandlers = (): HandlersOf<'notes'> => ({\n  listNotes,\n  createNote,\n  burnNote,\n});",
    );
    expect(await gaps()).toEqual([
      'src/features/notes/handlers.ts:4:3  burnNote  has a handler but is not in the contract',
    ]);
  });

  test('a handler that is called almost as an operation without one is told of it', async () => {
    await write(
      'src/features/notes/handlers.ts',
      "export const notes: HandlersOf<'notes'> = { listNotes, creatNote };",
    );
    expect(await gaps()).toEqual([
      'openapi/openapi.yaml:12:5  createNote  (POST /notes) has no handler: src/features/notes/handlers.ts',
      'src/features/notes/handlers.ts:1:56  creatNote  has a handler but is not in the contract: did you mean createNote?',
    ]);
  });

  test('what is spread into the handlers is left to the check at boot', async () => {
    await write(
      'src/features/notes/handlers.ts',
      "const notes: HandlersOf<'notes'> = { ...others, listNotes };",
    );
    expect(await gaps()).toEqual([]);
  });

  async function gaps(): Promise<string[]> {
    const placeOf = await readYamlPlaces(root, document);
    return handlerGaps(document, await findHandlers(root), placeOf ?? (() => undefined));
  }

  async function write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
});

test('what the engine cannot serve is told with file, line and column', async () => {
  const bundle = await readFile('generated/openapi.json', 'utf8');
  const input = bundle.replace('"x-max-body": 16384', '"x-max-body": "16 KiB"');
  const { code, output } = await runQuietly(['scripts/dev/engine-check.ts'], { input, isUrgent: true });
  expect(code).toBe(1);
  expect(output).toMatch(
    /^The contract cannot be served:\n {2}openapi\/\w+\.yaml:\d+:7 {2}\w+ {2}has an x-max-body .*\n1 fault in 1 file\.\n$/,
  );
});

test("the compiler's errors become one line each, with what the deepest says", () => {
  const output = `src/a.ts(3,7): error TS2322: Type 'A' is not assignable to type 'B'.
  Types of property 'x' are incompatible.
    Type 'string' is not assignable to type 'number'.
src/b.ts(1,1): error TS2304: Cannot find name 'x'.
`;
  expect(errorsIn(output)).toEqual([
    "src/a.ts:3:7  Type 'string' is not assignable to type 'number'.",
    "src/b.ts:1:1  Cannot find name 'x'.",
  ]);
});

test('changed files are sorted by what they mean for the server', () => {
  const files = [
    'openapi/items.yaml',
    'openapi/items.json',
    'src/bind-contract.ts',
    'src/migrations/0001-users.ts',
  ];
  expect(sortChanges(files)).toEqual({
    contract: ['openapi/items.yaml'],
    inputs: ['src/migrations/0001-users.ts'],
    sources: ['src/bind-contract.ts', 'src/migrations/0001-users.ts'],
  });
});
