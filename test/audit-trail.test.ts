/** `x-audit`: what was done, and what was refused, stands in the trail before the reply leaves. */
import { describe, expect, test } from '@jest/globals';
import { createHmac, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Response } from 'supertest';
import type { Db } from '#platform/database/database.ts';
import { startApp, testSecret, useApp } from './support/app.ts';
import type { TestApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();
const wrong = 'Wrong-Horse-1';
const lamp = { title: 'Lamp' };

type People = Awaited<ReturnType<typeof people>>;
type Named = Readonly<Record<'X-Request-ID', string>>;
type Send = (all: People, named: Named) => Promise<Response>;

function pseudonym(email: string): string {
  return `account:${createHmac('sha256', testSecret).update(email).digest('hex').slice(0, 16)}`;
}

/** Sends a request under a name of its own; its events, and nobody else's. */
async function eventsOf(send: (named: Named) => Promise<Response>, { platform }: TestApp = app) {
  const named = { 'X-Request-ID': randomUUID() };
  const response = await send(named);
  const events = await platform.db
    .selectFrom('audit_events')
    .selectAll()
    .where('request_id', '=', named['X-Request-ID'])
    .execute();
  return { response, events };
}

const login = (email: string, given: string, named: Named) =>
  visitor(app).post('/auth/login', { email, password: given }, named);

const change = { current_password: password, new_password: 'Better-Horse-2' };

describe('what was done is one event', () => {
  const none = { target: null, changes: null, outcome: 'succeeded' };

  test.each<[string, Send, (all: People) => object]>([
    [
      'login',
      ({ ada }, named) => login(ada.email.toUpperCase(), password, named),
      ({ ada }) => ({ event: 'auth.signed_in', actor_id: ada.id, target: `user:${ada.id}`, status: 200 }),
    ],
    [
      'logout',
      ({ ada }, named) => ada.post('/auth/logout', undefined, named),
      ({ ada }) => ({ event: 'auth.signed_out', actor_id: ada.id, target: `user:${ada.id}`, status: 204 }),
    ],
    [
      'changePassword',
      ({ ada }, named) => ada.put('/users/me/password', change, named),
      ({ ada }) => ({
        event: 'user.password_changed',
        actor_id: ada.id,
        target: `user:${ada.id}`,
        status: 204,
      }),
    ],
    [
      'updateUser',
      ({ ada, grace }, named) =>
        grace.patch(`/users/${ada.id}`, { full_name: 'Ada King', is_superuser: true }, named),
      ({ ada, grace }) => ({
        event: 'user.changed',
        actor_id: grace.id,
        target: `user:${ada.id}`,
        changes: { is_superuser: true },
        status: 200,
      }),
    ],
    [
      'updateUser',
      ({ ada, grace }, named) => grace.patch(`/users/${ada.id}`, { full_name: 'Ada King' }, named),
      ({ ada, grace }) => ({
        event: 'user.changed',
        actor_id: grace.id,
        target: `user:${ada.id}`,
        status: 200,
      }),
    ],
    [
      'deleteUser',
      ({ ada, grace }, named) => grace.delete(`/users/${ada.id}`, named),
      ({ ada, grace }) => ({
        event: 'user.deleted',
        actor_id: grace.id,
        target: `user:${ada.id}`,
        status: 204,
      }),
    ],
    [
      'deleteCurrentUser',
      ({ ada }, named) => ada.delete('/users/me', named),
      ({ ada }) => ({ event: 'user.erased', actor_id: ada.id, target: `user:${ada.id}`, status: 204 }),
    ],
    [
      'getUser',
      ({ ada, grace }, named) => grace.get(`/users/${ada.id}`, named),
      ({ ada, grace }) => ({ event: 'user.read', actor_id: grace.id, target: `user:${ada.id}`, status: 200 }),
    ],
    [
      'getUser',
      ({ ada, grace }, named) => grace.head(`/users/${ada.id}`, named),
      ({ ada, grace }) => ({ event: 'user.read', actor_id: grace.id, target: `user:${ada.id}`, status: 200 }),
    ],
    [
      'listUsers',
      ({ grace }, named) => grace.get('/users', named),
      ({ grace }) => ({ event: 'user.read', actor_id: grace.id, status: 200 }),
    ],
    [
      'getUsersBatch',
      ({ ada, bob, grace }, named) => grace.get(`/users/batch?user_ids=${ada.id},${bob.id},${ada.id}`, named),
      ({ ada, bob, grace }) => ({
        event: 'user.read',
        actor_id: grace.id,
        target: `users:${ada.id},${bob.id}`,
        status: 200,
      }),
    ],
    [
      'getItem',
      async ({ ada, grace }, named) => grace.get(`/items/${(await ada.creates('item', lamp)).id}`, named),
      ({ grace }) => ({
        event: 'item.read',
        actor_id: grace.id,
        target: expect.stringMatching(/^item:\d+$/),
        status: 200,
      }),
    ],
    [
      'listItems',
      ({ grace }, named) => grace.get('/items', named),
      ({ grace }) => ({ event: 'item.read', actor_id: grace.id, target: null, status: 200 }),
    ],
    [
      'listItems',
      ({ ada, grace }, named) => grace.get(`/items?owner_id=${ada.id}`, named),
      ({ ada, grace }) => ({
        event: 'item.read',
        actor_id: grace.id,
        target: `user:${ada.id}`,
        status: 200,
      }),
    ],
  ])('%s', async (operation, send, expected) => {
    const all = await people(app);
    const { response, events } = await eventsOf((named) => send(all, named));
    expect(events).toEqual([expect.objectContaining({ ...none, operation, ...expected(all) })]);
    expect(events[0]?.status).toBe(response.status);
  });

  test.each<[string, Send]>([
    ['reads their own account', ({ ada }, named) => ada.get(`/users/${ada.id}`, named)],
    ['reads it as a superuser', ({ grace }, named) => grace.get(`/users/${grace.id}`, named)],
    ['lists their own items', ({ ada }, named) => ada.get('/items', named)],
    ['lists them by name', ({ ada }, named) => ada.get(`/items?owner_id=${ada.id}`, named)],
    ['lists them as a superuser', ({ grace }, named) => grace.get(`/items?owner_id=${grace.id}`, named)],
    [
      'reads an item of their own',
      async ({ ada }, named) => ada.get(`/items/${(await ada.creates('item', lamp)).id}`, named),
    ],
    [
      'asks in vain for somebody else’s',
      async ({ ada, bob }, named) => bob.get(`/items/${(await ada.creates('item', lamp)).id}`, named),
    ],
    ['asks for nobody else', ({ grace }, named) => grace.get(`/users/batch?user_ids=${grace.id}`, named)],
    ['asks for somebody who does not exist', ({ grace }, named) => grace.get('/users/2147483647', named)],
    ['makes a mistake', ({ ada, grace }, named) => grace.patch(`/users/${ada.id}`, {}, named)],
    [
      'comes too late',
      ({ ada, grace }, named) => grace.delete(`/users/${ada.id}`, { ...named, 'If-Match': '"9"' }),
    ],
    ['sends no token', ({ ada }, named) => ada.as(undefined).delete('/users/me', named)],
    ['sends a wrong one', ({ ada }, named) => ada.as('wrong').post('/auth/logout', undefined, named)],
    ['does what nobody audits', ({ ada }, named) => ada.post('/items', { title: 'Lamp' }, named)],
  ])('and whoever %s leaves none', async (_what, send) => {
    const all = await people(app);
    const { events } = await eventsOf((named) => send(all, named));
    expect(events).toEqual([]);
  });
});

describe('what was refused is one event, too', () => {
  test.each<[string, Send, (all: People) => object]>([
    [
      'a wrong password at the sign-in',
      ({ ada }, named) => login(ada.email.toUpperCase(), wrong, named),
      ({ ada }) => ({ event: 'auth.signed_in', actor_id: null, target: pseudonym(ada.email), status: 401 }),
    ],
    [
      'an address that nobody has',
      (_all, named) => login('nobody@example.com', password, named),
      () => ({
        event: 'auth.signed_in',
        actor_id: null,
        target: pseudonym('nobody@example.com'),
        status: 401,
      }),
    ],
    [
      'a wrong current password',
      ({ ada }, named) => ada.put('/users/me/password', { ...change, current_password: wrong }, named),
      ({ ada }) => ({
        event: 'user.password_changed',
        actor_id: ada.id,
        target: `user:${ada.id}`,
        status: 403,
      }),
    ],
    [
      'a promotion by oneself',
      ({ ada }, named) => ada.patch(`/users/${ada.id}`, { is_superuser: true }, named),
      ({ ada }) => ({ event: 'user.changed', actor_id: ada.id, target: `user:${ada.id}`, status: 403 }),
    ],
    [
      'a look at another account',
      ({ ada, bob }, named) => bob.get(`/users/${ada.id}`, named),
      ({ ada, bob }) => ({ event: 'user.read', actor_id: bob.id, target: `user:${ada.id}`, status: 403 }),
    ],
    [
      'a look at the items of another',
      ({ ada, bob }, named) => bob.get(`/items?owner_id=${ada.id}`, named),
      ({ ada, bob }) => ({ event: 'item.read', actor_id: bob.id, target: `user:${ada.id}`, status: 403 }),
    ],
    [
      'a path that is no id',
      ({ ada }, named) => ada.delete('/users/1%20or%201', named),
      ({ ada }) => ({ event: 'user.deleted', actor_id: ada.id, target: null, status: 403 }),
    ],
  ])('%s', async (_what, send, expected) => {
    const all = await people(app);
    const { events } = await eventsOf((named) => send(all, named));
    const refused = { outcome: 'refused', changes: null };
    expect(events).toEqual([expect.objectContaining({ ...refused, ...expected(all) })]);
  });

  test('the form of OAuth2 is a sign-in like any other', async () => {
    const { ada } = await people(app);
    const form = { username: ada.email, password: wrong };
    expect(await visitor(app).postForm('/auth/login', form)).toBeProblem(401, 'unauthorized');
    const { db } = app.platform;
    const target = pseudonym(ada.email);
    const events = await db.selectFrom('audit_events').selectAll().where('target', '=', target).execute();
    expect(events).toEqual([expect.objectContaining({ event: 'auth.signed_in', outcome: 'refused' })]);
  });

  test('the last superuser, whom nobody can demote', async () => {
    await using own = await startApp();
    const { grace } = await people(own);
    const { events } = await eventsOf(
      (named) => grace.patch(`/users/${grace.id}`, { is_superuser: false }, named),
      own,
    );
    const expected = { event: 'user.changed', outcome: 'refused', actor_id: grace.id, status: 409 };
    expect(events).toEqual([expect.objectContaining({ ...expected, changes: { is_superuser: false } })]);
  });
});

describe('the event and the deed', () => {
  test('are kept together: no event, no deed', async () => {
    await using own = await startApp();
    const { ada, grace } = await people(own);
    await refuseEvents(own.platform.db);
    expect(await grace.delete(`/users/${ada.id}`)).toBeProblem(503, 'service_unavailable');
    expect(await grace.patch(`/users/${ada.id}`, { is_superuser: true })).toBeProblem(
      503,
      'service_unavailable',
    );
    expect(await ada.post('/auth/logout')).toBeProblem(503, 'service_unavailable');
    expect((await ada.get('/users/me')).status).toBe(200);
    const { db } = own.platform;
    const found = await db.selectFrom('users').select('is_superuser').where('id', '=', ada.id).execute();
    expect(found).toEqual([{ is_superuser: false }]);
  });

  test('are undone together: no deed, no event', async () => {
    await using own = await startApp();
    const { ada, grace } = await people(own);
    await failAtCommit(own.platform.db);
    const { response, events } = await eventsOf((named) => grace.delete(`/users/${ada.id}`, named), own);
    expect(response).toBeProblem(503, 'database_unavailable');
    expect(events).toEqual([]);
    expect((await ada.get('/users/me')).status).toBe(200);
  });

  test('survive a lost race, as one deed and one event', async () => {
    await using own = await startApp();
    const { ada, grace } = await people(own);
    await loseNextRace(own.platform.db);
    const { response, events } = await eventsOf((named) => grace.delete(`/users/${ada.id}`, named), own);
    expect(response.status).toBe(204);
    expect(events).toHaveLength(1);
  });

  test('nothing is told that could not be written', async () => {
    await using own = await startApp();
    const { ada, grace } = await people(own);
    await refuseEvents(own.platform.db);
    const signIn = await visitor(own).post('/auth/login', { email: ada.email, password });
    for (const response of [signIn, await grace.get(`/users/${ada.id}`), await grace.get('/users')]) {
      expect(response).toBeProblem(503, 'service_unavailable');
      expect(response.text).not.toContain(ada.email);
    }
    expect((await ada.get('/users/me')).status).toBe(200);
  });

  test('a refusal stands without its event, and the log says so', async () => {
    await using own = await startApp();
    const { ada } = await people(own);
    await refuseEvents(own.platform.db);
    const refused = await visitor(own).post('/auth/login', { email: ada.email, password: wrong });
    expect(refused).toBeProblem(401, 'unauthorized');
    const request_id = refused.headers['x-request-id'];
    const missing = { level: 'error', request_id, msg: 'a refusal is missing in the audit trail' };
    expect(own.logged).toContainEqual(expect.objectContaining(missing));
  });
});

describe('the trail', () => {
  test('outlives the account, by its id', async () => {
    const { ada, grace } = await people(app);
    await ada.delete('/users/me');
    const { body } = await grace.get(`/audit-events?actor_id=${ada.id}`);
    expect(body.items.map(({ event }: { event: string }) => event)).toEqual([
      'user.erased',
      'auth.signed_in',
    ]);
  });

  test('holds no address and no name', async () => {
    const { ada, grace } = await people(app);
    await login(ada.email, wrong, { 'X-Request-ID': 'r' });
    await grace.patch(`/users/${ada.id}`, { full_name: 'Ada King', is_active: false });
    const { rows } = await sql`select audit_events::text as text from audit_events`.execute(app.platform.db);
    expect(rows.length).toBeGreaterThan(3);
    expect(JSON.stringify(rows)).not.toMatch(/@|Ada|127\.0\.0\.1/);
  });

  test.each([
    ['update', sql`update audit_events set actor_id = null`],
    ['update of nothing', sql`update audit_events set actor_id = null where false`],
    ['delete', sql`delete from audit_events`],
    ['truncate', sql`truncate audit_events`],
  ])('takes no %s', async (_what, statement) => {
    await people(app);
    await expect(statement.execute(app.platform.db)).rejects.toThrow(/append-only/);
  });

  test('lets the retention job delete what is past its time, in its own transaction only', async () => {
    await using own = await startApp();
    await people(own);
    const { db } = own.platform;
    await db.transaction().execute(async (trx) => {
      await sql`set local accord.audit_retention = 'on'`.execute(trx);
      await trx.deleteFrom('audit_events').execute();
    });
    expect(await db.selectFrom('audit_events').select('id').execute()).toEqual([]);
    await expect(db.deleteFrom('audit_events').execute()).rejects.toThrow(/append-only/);
  });
});

/** The trail takes no new event, as when its disk is full. */
async function refuseEvents(db: Db): Promise<void> {
  await sql`alter table audit_events add constraint full_disk check (false) not valid`.execute(db);
}

/** PostgreSQL refuses the next event, as after a lost race. A sequence counts: it is not rolled back. */
async function loseNextRace(db: Db): Promise<void> {
  await sql`create sequence attempts`.execute(db);
  await sql`
    create function lose_race() returns trigger language plpgsql as $$
    begin
      if nextval('attempts') = 1 then raise exception 'lost' using errcode = 'serialization_failure'; end if;
      return new;
    end $$`.execute(db);
  await sql`create trigger lose_race before insert on audit_events
    for each row execute function lose_race()`.execute(db);
}

/** Deletions of users fail in the very last moment. */
async function failAtCommit(db: Db): Promise<void> {
  await sql`
    create function fail() returns trigger language plpgsql as $$
    begin raise exception 'too late' using errcode = 'query_canceled'; end $$`.execute(db);
  await sql`
    create constraint trigger fail after delete on users deferrable initially deferred
    for each row execute function fail()`.execute(db);
}
