/** Every status that operations have in common, got out of every operation that documents it. */
import { beforeAll, expect, test } from '@jest/globals';
import { lockKey } from '#policies/idempotency-queries.ts';
import { startApp, useApp } from '../support/app.ts';
import { reasonFor } from '../support/coverage-exceptions.ts';
import { asNode } from '../support/contract-check/document.ts';
import { send } from './client.ts';
import type { SweepReply } from './client.ts';
import { documenting, methodsOf, operations, paths, replyOf } from './operations.ts';
import type { Operation } from './operations.ts';
import {
  absentDatabase,
  failingDatabase,
  failingSources,
  forSuperusersOnly,
  fullStorage,
  innermost,
  silentSources,
  strictLimiter,
} from './outages.ts';
import { provoke, uselessProvocations, welcome } from './provocations.ts';
import { firstBody } from './samples.ts';
import { rewindFor, storyteller } from './story.ts';
import type { Cast, Rows, Storyteller } from './story.ts';

const app = useApp();
let story: Storyteller;
let cast: Cast;
let rows: Rows;
let stalled: Promise<string[]>;

beforeAll(async () => {
  story = await storyteller(app);
  cast = await story.begin();
  rows = await story.rows();
  // The engine waits long for a body, and so it does beside all other tests.
  stalled = faultsOf(408).catch((error: unknown) => [String(error)]);
});

/** Those whose own tests stand below. */
const later = [408, 429, 500, 502, 503, 504, 507];

const statuses = new Set(operations.flatMap(({ replies }) => replies.map(({ status }) => status)));
const refusals = [...statuses].filter((status) => status >= 300 && !later.includes(status)).sort();

/** What is wrong, by operation; nothing when each of them gives the status. */
async function faultsOf(status: number): Promise<string[]> {
  const faults = await Promise.all(documenting(status).map((operation) => faultsIn(operation, status)));
  return faults.flat();
}

async function faultsIn(operation: Operation, status: number): Promise<string[]> {
  const isInUse = status === 409 && operation.isIdempotent; // Has a test of its own.
  if (isInUse || reasonFor(operation.id, status) !== undefined) return [];
  const request = provoke(operation, status, cast);
  // Has a test of its own where nothing but the scope decides.
  if (!request && status === 403 && isSharedRefusal(operation)) return [];
  if (!request) return [`${operation.id}: nobody knows how to get ${status} (provocations.ts)`];
  return statusFaults(operation, await send(app, request), status);
}

/** Whether its 403 is the one that all operations share, and not about something in the request. */
function isSharedRefusal(operation: Operation): boolean {
  const examples = replyOf(operation, 403)?.contents.flatMap((content) => content.examples) ?? [];
  return examples.every(({ name }) => name === 'forbidden');
}

function statusFaults(operation: Operation, reply: SweepReply, expected: number): string[] {
  const { status, text } = reply;
  if (status !== expected) return [`${operation.id}: ${expected} expected, got ${status} ${text}`];
  return status < 400 ? [] : exampleFaults(operation, reply);
}

/** Whoever reads the contract has seen each problem that an operation gives. */
function exampleFaults(operation: Operation, { status, body }: SweepReply): string[] {
  const contents = replyOf(operation, status)?.contents ?? [];
  const examples = contents.flatMap((content) => content.examples.map(({ value }) => asNode(value)));
  const shown = examples.find(({ code }) => code === body['code']);
  if (!shown) return [`${operation.id}: the contract shows no ${String(body['code'])}`];
  const isTold = status !== 408 || shown['detail'] === body['detail'];
  return isTold ? [] : [`${operation.id}: says ${String(body['detail'])}`];
}

test.each(refusals)('%d is what every operation gives that documents it', async (status) => {
  expect(await faultsOf(status)).toEqual([]);
});

test.each(paths)('405 is what %s gives to every method that it lacks', async (path) => {
  const lacking = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].filter(
    (method) => !methodsOf(path).includes(method),
  );
  const filled = path.replace(/\{[^}]+\}/g, '1');
  const replies = await Promise.all(lacking.map((method) => send(app, { method, path: filled })));
  expect(replies.map(({ body }) => body['code'])).toEqual(lacking.map(() => 'method_not_allowed'));
});

test('409 is what every idempotent operation gives while its key is in use', async () => {
  const key = 'a key of Ada';
  const keyed = operations.filter(({ isIdempotent }) => isIdempotent);
  const refusal = async (operation: Operation) => {
    const request = welcome(operation, cast, { parameters: { 'Idempotency-Key': key } });
    return statusFaults(operation, await send(app, request), 409);
  };
  const faults = await app.platform.db.transaction().execute(async (trx) => {
    // Ada's, and Grace's where it takes a superuser.
    for (const { id: operation } of keyed) {
      for (const user_id of [2, 1]) await lockKey(trx, { user_id, operation, key });
    }
    return Promise.all(keyed.map(refusal));
  });
  expect(faults.flat()).toEqual([]);
});

test('403 is what every operation gives to whoever lacks its scope', async () => {
  await using exclusive = await startApp(forSuperusersOnly);
  const anew = await storyteller(exclusive);
  const { ada: token, ...others } = await anew.begin();
  const before = await anew.rows();
  // A ticket has no scope: whoever may get one may use it.
  const secured = documenting(403).filter(({ security, opensSocket }) => security.length > 0 && !opensSocket);
  for (const operation of secured) {
    const reply = await send(exclusive, welcome(operation, { ada: token, ...others }, { token }));
    expect(statusFaults(operation, reply, 403)).toEqual([]);
    expect(reply.body['detail']).toBe('Your role does not allow this.');
  }
  expect(await anew.rows()).toEqual(before);
});

test('408 is what every operation gives whose body does not come', async () => {
  expect(await stalled).toEqual([]);
});

test('nothing has changed by all these refusals', async () => {
  expect(await story.rows()).toEqual(rows);
});

test('every provocation is needed', () => {
  expect(uselessProvocations(operations)).toEqual([]);
});

test('500 is what every operation gives when the database fails in a way that nobody foresaw', async () => {
  const database = failingDatabase();
  await using failing = await startApp(database.change, { internalErrors: 'expected' });
  const anew = await storyteller(failing);
  const foreseen = documenting(500).filter(({ id }) => reasonFor(id, 500) === undefined);
  for (const operation of foreseen) {
    const request = welcome(operation, await anew.begin());
    await rewindFor(failing.platform.db, operation, firstBody(operation)?.example.name);
    // Who calls is found out first; where that fails, it is a 503.
    database.failAfter(operation.security.length > 0 ? 1 : 0);
    const reply = await send(failing, request);
    database.recover();
    expect(statusFaults(operation, reply, 500)).toEqual([]);
    expect(reply.text).not.toContain(innermost);
  }
});

test('429 is what every operation gives once its limit is reached', async () => {
  await using strict = await startApp(strictLimiter);
  const anew = await storyteller(strict);
  for (const operation of documenting(429)) {
    // From the beginning each time: one of them before has signed out or erased who calls.
    const request = welcome(operation, await anew.begin());
    // The first may be let through, where no operation before has used up a limit that they share.
    await send(strict, request);
    expect(statusFaults(operation, await send(strict, request), 429)).toEqual([]);
  }
});

test('507 is what every operation gives that stores bytes while there is no room for them', async () => {
  await using full = await startApp(fullStorage);
  const callers = await (await storyteller(full)).begin();
  for (const operation of documenting(507)) {
    expect(statusFaults(operation, await send(full, welcome(operation, callers)), 507)).toEqual([]);
  }
});

test('503 with Retry-After is what every operation gives while the database is away', async () => {
  const database = await absentDatabase();
  await using deserted = await startApp(() => database);
  const replies = documenting(503).map(async (operation) => {
    const reply = await send(deserted, welcome(operation, cast));
    return [
      ...statusFaults(operation, reply, 503),
      ...(reply.headers['retry-after'] ? [] : [`${operation.id}: no Retry-After`]),
    ];
  });
  expect((await Promise.all(replies)).flat()).toEqual([]);
});

test.each([
  [502, 'fail', failingSources],
  [504, 'are silent', silentSources],
] as const)(
  '%d is what every operation gives that documents it while others %s',
  async (status, _how, others) => {
    await using helpless = await startApp(others);
    const callers = await (await storyteller(helpless)).begin();
    const replies = documenting(status).map(async (operation) =>
      statusFaults(operation, await send(helpless, welcome(operation, callers)), status),
    );
    expect((await Promise.all(replies)).flat()).toEqual([]);
  },
);
