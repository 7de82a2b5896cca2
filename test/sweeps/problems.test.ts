/** The problems that the contract shows are told in the words of the server. */
import { beforeAll, expect, test } from '@jest/globals';
import type { Platform } from '#app';
import { lockKey } from '#policies/idempotency-queries.ts';
import { startApp, useApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { send } from './client.ts';
import type { SweepReply } from './client.ts';
import { documentPart } from './operations.ts';
import {
  absentDatabase,
  absentSources,
  busyPasswords,
  failingDatabase,
  failingSources,
  fullStorage,
  noSources,
  silentSources,
  strictLimiter,
} from './outages.ts';
import {
  notRequested,
  problemExamples,
  problemRequest,
  problemRequests,
  requestOf,
  told,
} from './problems.ts';
import type { ProblemExample, ServerState } from './problems.ts';
import { storyteller } from './story.ts';
import type { Cast } from './story.ts';

const app = useApp();
let cast: Cast;

beforeAll(async () => {
  cast = await castOf(app);
});

const requested = problemExamples.filter(({ name }) => notRequested[name] === undefined);
const rows = (examples: readonly ProblemExample[]) =>
  examples.map((example) => [example.name, example] as const);

test.each(rows(problemExamples))('the example %s agrees with its own code', (_name, { status, value }) => {
  const code = String(value['code']);
  const { title } = documentPart('components', 'schemas', 'ProblemCode', 'x-problems', code);
  expect(value).toMatchObject({ type: `/problems/${code}`, status, title });
});

test.each(rows(requested))('the example %s has the words of the server', async (_name, example) => {
  const { while: state } = requestOf(example);
  const reply = await (state ? repliesIn[state](example) : send(app, problemRequest(example, cast)));
  expect(told(reply.body)).toEqual(told(example.value));
});

test('every entry of the tables is needed', () => {
  const names = problemExamples.map(({ name }) => name);
  const known = [...Object.keys(problemRequests), ...Object.keys(notRequested)];
  expect(known.filter((name) => !names.includes(name))).toEqual([]);
});

/** The reply of a server in this state. */
const repliesIn: Readonly<Record<ServerState, (example: ProblemExample) => Promise<SweepReply>>> = {
  async 'database fails'(example) {
    const database = failingDatabase();
    await using failing = await startApp(database.change, { internalErrors: 'expected' });
    const request = problemRequest(example, await castOf(failing));
    // The first one finds out who is calling.
    database.failAfter(1);
    return await send(failing, request);
  },
  async 'database is away'(example) {
    const database = await absentDatabase();
    await using deserted = await startApp(() => database);
    return await send(deserted, problemRequest(example, cast));
  },
  async 'hashing is busy'(example) {
    await using busy = await startApp(busyPasswords);
    return await send(busy, problemRequest(example, cast));
  },
  async 'limit is reached'(example) {
    await using strict = await startApp(strictLimiter);
    const request = problemRequest(example, await castOf(strict));
    await send(strict, request);
    // Five seconds before the minute is over, as in the example.
    strict.clock.advance(55);
    return await send(strict, request);
  },
  'key is in use'(example) {
    const name = { user_id: 2, operation: 'createItem', key: 'a key of Ada' };
    return app.platform.db.transaction().execute(async (trx) => {
      await lockKey(trx, name);
      return send(app, problemRequest(example, cast));
    });
  },
  async 'quota is used up'(example) {
    await using used = await startApp();
    const request = problemRequest(example, await castOf(used));
    await used.platform.pool.query('update files set size = 10737418240');
    return await send(used, request);
  },
  async 'disk is full'(example) {
    await using full = await startApp(fullStorage);
    return await send(full, problemRequest(example, await castOf(full)));
  },
  async 'key was used'(example) {
    const request = problemRequest(example, cast);
    await send(app, { ...request, body: JSON.stringify({ title: 'Lamp' }) });
    return send(app, request);
  },
  'sources fail': (example) => replyWith(failingSources, example),
  'sources are silent': (example) => replyWith(silentSources, example),
  'sources are away': (example) => replyWith(absentSources, example),
  'there are no sources': (example) => replyWith(noSources, example),
};

async function replyWith(
  change: (platform: Platform) => Partial<Platform>,
  example: ProblemExample,
): Promise<SweepReply> {
  await using changed = await startApp(change);
  return await send(changed, problemRequest(example, await castOf(changed)));
}

async function castOf(current: TestApp): Promise<Cast> {
  return (await storyteller(current)).begin();
}
