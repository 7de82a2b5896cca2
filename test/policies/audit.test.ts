import { expect, test } from '@jest/globals';
import { ContractError } from '#contract';
import { createTransaction } from '#platform/database/transaction.ts';
import { auditPolicy } from '#policies/audit.ts';
import { idempotencyPolicy } from '#policies/idempotency.ts';
import { testSecret, useApp } from '../support/app.ts';
import { people } from '../support/people.ts';
import { serveOne, takesKey } from './one-operation.ts';

const app = useApp();

function createPolicy() {
  const { db, clock, log } = app.platform;
  const accounts = { normaliseEmail: (email: string) => email, findAccount: async () => undefined };
  return auditPolicy({ db, clock, log, secretKey: testSecret, accounts });
}

test.each(['userChanged', 'user', 'user.', 'user.changed.twice', true])(
  'an event of the name %s is refused at boot',
  async (event) => {
    const rest = { security: [{ anybody: [] }], 'x-audit': event };
    const error = await serveOne({ rest, hooks: [createPolicy()] }).catch((failure: unknown) => failure);
    const fault = `addThing has the x-audit ${JSON.stringify(event)}: it must be a name as user.changed`;
    expect(error instanceof ContractError ? error.faults : []).toEqual([fault]);
  },
);

test('what is done once is one event, however often it is asked for', async () => {
  const { ada } = await people(app);
  const { db, clock } = app.platform;
  const [audit, idempotency] = [createPolicy(), idempotencyPolicy({ clock, breaches: 'fail' })];
  const post = await serveOne({
    handler: ({ transaction }, reply) => transaction(async () => reply(200, {})),
    rest: { ...takesKey, 'x-audit': 'thing.added' },
    userId: ada.id,
    hooks: [idempotency, audit],
    transaction: (exchange) =>
      audit.transaction(exchange, idempotency.transaction(exchange, createTransaction(db))),
  });
  const statuses = [await post('key'), await post('key'), await post('another')].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200]);
  const events = await db
    .selectFrom('audit_events')
    .select('id')
    .where('event', '=', 'thing.added')
    .execute();
  expect(events).toHaveLength(2);
});

test('whoever takes their own data away leaves an event: only what is called ….read is free', async () => {
  const { ada } = await people(app);
  const own = { security: [{ anybody: [] }], 'x-access': 'self' };
  const events = async (event: string) => {
    const post = await serveOne({
      rest: { ...own, 'x-audit': event },
      userId: ada.id,
      hooks: [createPolicy()],
    });
    expect((await post()).status).toBe(200);
    const { db } = app.platform;
    return db.selectFrom('audit_events').select('target').where('event', '=', event).execute();
  };
  expect(await events('thing.exported')).toEqual([{ target: `user:${ada.id}` }]);
  expect(await events('thing.read')).toEqual([]);
});
