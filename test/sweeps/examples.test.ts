/** The contract's examples, which the docs show and the mock serves, are what really happens. */
import { beforeAll, expect, test } from '@jest/globals';
import { useApp } from '../support/app.ts';
import { schemaFaults } from '../support/contract-check/document.ts';
import { send } from './client.ts';
import { operations } from './operations.ts';
import { welcome } from './provocations.ts';
import { contentsOf, replaysOf, replyFaults, uselessEntries } from './replays.ts';
import { rewindFor, storyteller } from './story.ts';
import type { Storyteller } from './story.ts';

const app = useApp();
let story: Storyteller;

beforeAll(async () => {
  story = await storyteller(app);
});

const replays = operations.flatMap(replaysOf);

test.each(operations.map((operation) => [operation.id, operation] as const))(
  'the examples of %s fit their schemas',
  (_id, operation) => {
    const faults = [...contentsOf(operation), ...operation.parameters].flatMap(({ schema, examples }) =>
      examples.map(({ name, value }) => [name, schemaFaults(schema, value)]).filter(([, fault]) => fault),
    );
    expect(faults).toEqual([]);
  },
);

test.each(replays.map((replay) => [replay.title, replay] as const))(
  '%s gets what the contract shows',
  async (_title, replay) => {
    const { operation, choice } = replay;
    const cast = await story.begin();
    await rewindFor(app.platform.db, operation, choice.body?.example.name);
    expect(replyFaults(replay, await send(app, welcome(operation, cast, choice)))).toEqual([]);
  },
);

test('every entry of the tables is needed', () => {
  expect(uselessEntries(replays)).toEqual([]);
});
