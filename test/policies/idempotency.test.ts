import { describe, expect, test } from '@jest/globals';
import { ContractError } from '#contract';
import type { OperationObject } from '#contract/document.ts';
import { createTransaction } from '#platform/database/transaction.ts';
import { idempotencyPolicy } from '#policies/idempotency.ts';
import { json } from '../contract/support.ts';
import { useApp } from '../support/app.ts';
import { people } from '../support/people.ts';
import { serveOne, takesKey } from './one-operation.ts';
import type { Handler } from './one-operation.ts';

const app = useApp();

/** An operation that takes a key, with this handler, for a user of its own. */
async function operationOf(handler: Handler, rest: OperationObject = takesKey) {
  const { ada } = await people(app);
  const { db } = app.platform;
  const breaches: string[] = [];
  const onBreach = ({ detail }: { detail: string }) => breaches.push(detail);
  const policy = idempotencyPolicy({ clock: app.clock, breaches: 'fail', onBreach });
  const post = await serveOne({
    handler,
    rest,
    userId: ada.id,
    hooks: [policy],
    transaction: (exchange) => policy.transaction(exchange, createTransaction(db)),
  });
  const kept = () => db.selectFrom('idempotency_keys').selectAll().where('user_id', '=', ada.id).execute();
  return { post, kept, breaches };
}

describe('at boot', () => {
  const faultsOf = async (rest: OperationObject) => {
    const hooks = [idempotencyPolicy({ clock: app.clock, breaches: 'fail' })];
    const error = await serveOne({ rest, hooks }).catch((failure: unknown) => failure);
    return error instanceof ContractError ? error.faults : [];
  };

  test('an operation that anybody may call is refused: keys belong to users', async () => {
    const fault = 'addThing has x-idempotent, but may be called by nobody in particular';
    expect(await faultsOf({ ...takesKey, security: [] })).toEqual([fault]);
    expect(await faultsOf({ ...takesKey, security: [{ anybody: [] }, {}] })).toEqual([fault]);
  });

  test('an operation that takes no key is refused', async () => {
    const fault = 'addThing has x-idempotent, but does not take the header Idempotency-Key';
    expect(await faultsOf({ ...takesKey, parameters: [] })).toEqual([fault]);
  });

  test('an operation whose reply is not JSON alone is refused: it could not be kept', async () => {
    const fault = (types: string) =>
      `addThing has x-idempotent, but answers with ${types}, of which only one JSON can be kept`;
    const text = { 'text/csv': { schema: { type: 'string' } } };
    const responses = { 200: { content: text } };
    expect(await faultsOf({ ...takesKey, responses })).toEqual([fault('text/csv')]);
    const both = { 200: { content: { 'application/json': { schema: {} }, ...text } } };
    expect(await faultsOf({ ...takesKey, responses: both })).toEqual([fault('application/json, text/csv')]);
  });

  test('a value other than true is refused', async () => {
    const fault = 'addThing has the x-idempotent "yes": it must be true';
    expect(await faultsOf({ ...takesKey, 'x-idempotent': 'yes' })).toEqual([fault]);
  });
});

describe('a handler', () => {
  const narrow = {
    ...takesKey,
    responses: { 201: json({ properties: { title: {} } }), 204: { content: {} } },
  };

  test('that adds what the contract does not declare does not get it kept', async () => {
    const row = { title: 'Lamp', password_hash: 'secret' };
    const { post, kept } = await operationOf(
      ({ transaction }, reply) => transaction(async () => reply(201, row)),
      narrow,
    );
    const [first, second] = [await post('key'), await post('key')];
    expect([first.status, first.body]).toEqual([201, '{"title":"Lamp"}']);
    expect([second.status, second.body]).toEqual([201, '{"title":"Lamp"}']);
    expect(second.headers['Idempotency-Replayed']).toBe('true');
    expect(JSON.stringify(await kept())).not.toContain('secret');
  });

  test('may answer without a body', async () => {
    let runs = 0;
    const { post } = await operationOf(
      ({ transaction }, reply) =>
        transaction(async () => {
          runs += 1;
          return reply(204);
        }),
      narrow,
    );
    const [first, second] = [await post('key'), await post('key')];
    expect([first.status, first.body]).toEqual([204, undefined]);
    expect([second.status, second.body]).toEqual([204, undefined]);
    expect(runs).toBe(1);
  });

  test('that does not use its transaction breaks the contract, once a key is sent', async () => {
    const { post, breaches } = await operationOf(async (_request, reply) => reply(200, {}));
    expect((await post()).status).toBe(200);
    const { status, problem } = await post('key');
    expect(status).toBe(500);
    expect(String(problem?.cause)).toContain('did not use its transaction');
    expect(breaches).toHaveLength(1);
  });

  test('that uses its transaction twice fails: the second would get the reply of the first', async () => {
    const { post } = await operationOf(async ({ transaction }, reply) => {
      await transaction(async () => reply(201, {}));
      return transaction(async () => reply(204));
    }, narrow);
    expect((await post()).status).toBe(204);
    const { status, problem } = await post('key');
    expect(status).toBe(500);
    expect(String(problem?.cause)).toContain('may use its transaction once');
  });

  test('that is told more by other headers gets a 422 when they differ', async () => {
    const ifMatch = { name: 'If-Match', in: 'header', schema: { type: 'string' } } as const;
    const parameters = [...takesKey.parameters, ifMatch];
    const { post } = await operationOf(({ transaction }, reply) => transaction(async () => reply(200, {})), {
      ...takesKey,
      parameters,
    });
    expect((await post('key', { 'if-match': '"1"' })).status).toBe(200);
    expect((await post('key', { 'if-match': '"2"' })).problem?.code).toBe('idempotency_key_reused');
    expect((await post('key')).problem?.code).toBe('idempotency_key_reused');
    expect((await post('key', { 'if-match': '"1"', accept: '*/*' })).status).toBe(200);
  });

  test('that replies outside of its transaction fails before anything is kept', async () => {
    const { post, kept } = await operationOf(async ({ transaction }, reply) => {
      await transaction(async () => 'done');
      return reply(200, {});
    });
    const { status, problem } = await post('key');
    expect(status).toBe(500);
    expect(String(problem?.cause)).toContain('must reply inside of its transaction');
    expect(await kept()).toEqual([]);
  });
});
