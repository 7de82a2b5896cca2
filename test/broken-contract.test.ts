/** The program started in a copy of this checkout whose contract and code do not fit: what it says, and where. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ContractError, createContract, parseContract } from '#contract';
import { runRedocly } from '../scripts/redocly/run.ts';
import { explainStart } from '../src/start.ts';
import { testSecret } from './support/app.ts';
import { createTestDatabase } from './support/database.ts';
import type { TestDatabase } from './support/database.ts';
import { endPrograms, launch } from './support/program.ts';

const production = { NODE_ENV: 'production', SECRET_KEY: testSecret, HOST: '127.0.0.1', PORT: '0' };
let checkout = '';
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  checkout = await mkdtemp(path.join(tmpdir(), 'accord-checkout-test-'));
  for (const name of ['src', 'openapi', 'generated', 'package.json'])
    await cp(name, path.join(checkout, name), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(checkout, 'node_modules'));
});

afterEach(async () => {
  await endPrograms();
  await rm(checkout, { recursive: true });
  await database.drop();
});

const launched = () => launch(['serve'], { ...production, DATABASE_URL: database.url }, checkout);

test('every fault is told with file, line and column, and the program ends with 1', async () => {
  const renamed = await replaceIn('items.yaml', 'operationId: createItem', 'operationId: createItems');
  const access = await replaceIn('items.yaml', 'x-access: owner', 'x-access: somebody');
  const size = await replaceIn('users.yaml', 'x-max-body: 16384', 'x-max-body: 16 KiB');
  await bundle();
  const { code, stderr } = await launched().ended;
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'The contract cannot be served:',
    `  openapi/items.yaml:${renamed - 1}:5  createItems  (POST /items) has no handler`,
    `  openapi/items.yaml:${renamed - 1}:5  createItem  has a handler but is not in the contract: did you mean createItems?`,
    `  openapi/items.yaml:${access}:7  getItem  has the x-access "somebody": it must be any, self or owner`,
    `  openapi/users.yaml:${size}:7  changePassword  has an x-max-body that is not a number of bytes: "16 KiB"`,
    '4 faults in 2 files.',
  ]);
});

test('without the YAML, as in an image for production, every fault is told all the same', async () => {
  await replaceIn('items.yaml', 'operationId: createItem', 'operationId: createItems');
  await bundle();
  await rm(path.join(checkout, 'openapi'), { recursive: true });
  const { code, stderr } = await launched().ended;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'The contract cannot be served (2 faults):\n' +
      '  - createItems (POST /items) has no handler\n' +
      '  - createItem has a handler but is not in the contract: did you mean createItems?\n',
  );
});

test('a start without faults does not read the YAML', async () => {
  const entry = path.join(checkout, 'openapi/openapi.yaml');
  await rm(entry);
  await promisify(execFile)('mkfifo', [entry]); // Whoever reads a pipe that nobody writes to waits for ever.
  const program = launched();
  expect(await program.url()).toMatch(/^http:/);
  program.kill('SIGTERM');
  expect((await program.ended).code).toBe(0);
});

test('a contract whose schemas have changed since generated/ was made is not served', async () => {
  await replaceIn('items.yaml', 'maxLength: 255', 'maxLength: 250');
  await bundle();
  const { code, stderr } = await launched().ended;
  expect(code).toBe(1);
  expect(stderr).toBe(
    'The compiled validators were made from other schemas than the contract has now. Run `make generate`.\n',
  );
});

test('YAML that cannot be read hides no fault', async () => {
  await symlink('/nowhere', path.join(checkout, 'openapi/lost.yaml'));
  const error = await refusal();
  expect(await explainStart(error, `${checkout}/`)).toMatchObject({
    name: 'StartError',
    message: error.message,
    cause: error,
  });
});

/** Of the contract without any handler. */
async function refusal(): Promise<ContractError> {
  const document = parseContract(await readFile('generated/openapi.json', 'utf8'));
  const nothing = { handlers: {}, authenticators: {}, tools: () => ({}), breaches: 'fail' } as const;
  const error = await createContract({ document, ...nothing }).catch((failure: unknown) => failure);
  if (error instanceof ContractError) return error;
  throw error;
}

async function bundle(): Promise<void> {
  const ran = await runRedocly(checkout, [
    'bundle',
    'openapi/openapi.yaml',
    '--output=generated/openapi.json',
  ]);
  expect(ran).toMatchObject({ failed: false });
}

/** Replaces the first occurrence; returns its line. */
async function replaceIn(file: string, before: string, after: string): Promise<number> {
  const name = path.join(checkout, 'openapi', file);
  const text = await readFile(name, 'utf8');
  const index = text.indexOf(before);
  if (index < 0) throw new Error(`${file} has no ${before}`);
  await writeFile(name, text.slice(0, index) + after + text.slice(index + before.length));
  return text.slice(0, index).split('\n').length;
}
