/** Validators that were written down before the start judge as those that are compiled at it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as generated from '#generated/validators.js';
import { parseContract } from '#contract';
import type { CompiledValidators } from '#contract';
import { createAjv } from '#contract/ajv.ts';
import { BootFaults } from '#contract/boot-faults.ts';
import { prepareOperations } from '#contract/prepare.ts';
import { validatorsModule } from '#contract/validators-module.ts';
import { withTargets } from '#contract/validator.ts';
import { createTiny, documentOf, faultsOf, json, operation, serve } from './support.ts';

const at = '2026-11-24T04:00:00.000Z';
const item = { id: 1, owner_id: 1, title: 'Lamp', description: null, created_at: at, updated_at: at };
const problem = { type: '/problems/not_found', title: 'Not found', status: 404, code: 'not_found' };
const user = { id: 1, email: 'ada@example.com', full_name: 'Ada', is_active: true, is_superuser: false };

/** Bodies, parameters and replies, right and wrong; each is shown to every schema of the contract. */
const values: readonly unknown[] = [
  ...['', 'a', 'a'.repeat(3000), 'ada@example.com', at, '2026-02-30T00:00:00Z', 'a\u0000b', '\ud800', '💡'],
  ...[0, 1, -1, 1.5, 2 ** 31, 2 ** 53, 1e300, true, false, null, [], {}, ['a', 'a'], [1, {}]],
  item,
  { ...item, title: '' },
  { ...item, title: 'x'.repeat(256), id: '1' },
  { ...item, title: 'x'.repeat(256) },
  { title: 'x'.repeat(256) },
  { title: 'x'.repeat(255) },
  { ...item, created_at: '2026-02-30T00:00:00Z', colour: 'red' },
  { title: 'Lamp' },
  { title: 5, description: 'x'.repeat(2001) },
  { items: [item, { ...item, id: 0 }, 7], total: 2, page: 1, size: 10, pages: 1 },
  { items: [item], next_cursor: null },
  user,
  { ...user, email: 'nobody', full_name: '', last_active: 'yesterday', email_verified: 'yes' },
  { email: 'ada@example.com', password: 'short' },
  { email: 'ada@example.com', password: 'Analytical-Engine-1843', full_name: 'Ada' },
  { email: 'ada', password: 'alllowercase' },
  { username: 'ada@example.com', password: 'x', grant_type: 'password', scope: '' },
  { current_password: 'x', new_password: 'y' },
  { refresh_token: 'x'.repeat(20) },
  { access_token: 'x', token_type: 'bearer', expires_in: 1800, refresh_token: 'y', scope: 'user' },
  problem,
  { ...problem, status: 422, errors: [{ field: 'body.title', pointer: '/title', in: 'body', message: 'm' }] },
  { path: { item_id: 1 }, query: { page: 1, size: 10 }, header: {}, cookie: {} },
  { path: { item_id: 0 }, query: { page: -1, size: 1000, q: '' }, header: { 'if-match': 5 } },
  { path: { user_id: 'x' }, query: { user_ids: [1, 1], nonsense: 1 }, header: {}, cookie: { a: 'b' } },
  JSON.parse('{ "__proto__": 1, "constructor": {} }'),
];

describe('of the contract of this application', () => {
  test('judge every value as those compiled now, down to the errors', async () => {
    const { schemas } = await ownOperations();
    for (const { tested, targets } of schemas) {
      const ajv = withTargets(createAjv({ allErrors: false, annotationFormats: [] }), targets)();
      for (const [text, schema] of tested) {
        const [before, now] = [generated.validators[text], ajv.compile(schema)];
        for (const value of values) {
          expect({ schema: text, fits: before?.(value), errors: before?.errors }).toEqual(
            { schema: text, fits: now(value), errors: now.errors }, // prettier-ignore
          );
        }
      }
    }
  });

  test('are all that its start needs', async () => {
    const { schemas } = await ownOperations();
    const needed = schemas.flatMap(({ tested }) => [...tested.keys()]);
    expect(Object.keys(generated.validators).sort()).toEqual([...new Set(needed)].sort());
  });
});

describe('of a tiny contract', () => {
  let folder = '';
  let validators: CompiledValidators;

  beforeAll(async () => {
    // Inside the checkout: what is written down requires parts of Ajv.
    await mkdir('.data', { recursive: true });
    folder = await mkdtemp('.data/test-validators-');
    validators = await writtenDown(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    [{ name: 'a' }, 200],
    [{ name: 'abcd' }, 422],
    [{ name: 'a', size: 2 ** 31 }, 422],
    [{ name: 'a', at: '2026-02-30T04:00:00Z' }, 422],
    [{ name: 'a', tags: ['x', 'y'] }, 200],
    [{ name: 'a', tags: ['x', 'x'] }, 422],
    [{ name: 'a', code: 'no_digit' }, 422],
    [{ name: 'a', id: 1 }, 422],
    [{ name: 'a', parts: [{ name: 'b', parts: [{}] }] }, 422],
  ])('make of %j a %d, with the faults that others find', async (body, status) => {
    await using before = await serve(thingSpec(), { validators });
    await using now = await serve(thingSpec());
    const [one, other] = [
      await before.http.post('/things').send(body),
      await now.http.post('/things').send(body),
    ];
    expect(one.status).toBe(status);
    expect(one.body).toEqual(other.body);
  });

  test('are what counts', async () => {
    const lax = Object.fromEntries(Object.keys(validators.validators).map((text) => [text, allow]));
    await using api = await serve(thingSpec(), { validators: { ...validators, validators: lax } });
    expect((await api.http.post('/things').send({ name: 'abcd' })).status).toBe(200);
  });

  test('leave a schema that is not among them to be compiled', async () => {
    await using api = await serve(thingSpec(), { validators: { ...validators, validators: {} } });
    expect((await api.http.post('/things').send({ name: 'a' })).status).toBe(200);
    expect((await api.http.post('/things').send({ name: 'abcd' })).status).toBe(422);
  });

  test.each([
    ['behind a $ref', thingSpec({ maxLength: 4 })],
    ['in an operation', thingSpec({}, { type: 'integer', maximum: 5 })],
  ])('are refused once a schema %s has changed', async (_, changed) => {
    await expect(createTiny(changed, { validators })).rejects.toThrow(
      'The compiled validators were made from other schemas than the contract has now.',
    );
  });

  test('are not what is told of a contract with other faults', async () => {
    const spec = { ...thingSpec({ maxLength: 4 }), security: [{ nobody: [] }] };
    expect(await faultsOf(spec, { validators })).toEqual([
      'createThing names the undeclared security scheme nobody',
    ]);
  });
});

const allow = Object.assign((value: unknown): value is unknown => value !== undefined, {
  schema: true,
  schemaEnv: Object.create(null),
});

function thingSpec(name: object = {}, limit: object = { type: 'integer', maximum: 9 }) {
  const thing = {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      id: { type: 'integer', readOnly: true },
      name: { type: 'string', minLength: 1, maxLength: 3, ...name },
      size: { type: 'integer', format: 'int32', default: 7 },
      at: { type: 'string', format: 'date-time' },
      code: { type: 'string', pattern: String.raw`^[\w\-]*\d$` },
      tags: { type: 'array', uniqueItems: true, items: { type: 'string' } },
      parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
    },
  };
  const requestBody = { required: true, ...json({ $ref: '#/components/schemas/Thing' }) };
  const parameters = [{ name: 'limit', in: 'query' as const, schema: { ...limit } }];
  const post = operation('createThing', { requestBody, parameters });
  return { paths: { '/things': { post } }, components: { schemas: { Thing: thing } } };
}

/** The module of the tiny contract, as it would lie in generated/. */
async function writtenDown(folder: string): Promise<CompiledValidators> {
  const engine = pathToFileURL('src/contract').href;
  const file = path.resolve(folder, 'validators.mjs');
  await writeFile(file, validatorsModule(documentOf(thingSpec()), { engine }));
  return import(pathToFileURL(file).href);
}

async function ownOperations() {
  const document = parseContract(await readFile('generated/openapi.json', 'utf8'));
  return prepareOperations(document, { faults: new BootFaults() });
}
