/** `x-idempotent`: a request with an Idempotency-Key is done once, whatever happens to its reply. */
import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'supertest';
import type { Db } from '#platform/database/database.ts';
import { startApp, useApp } from './support/app.ts';
import type { TestApp } from './support/app.ts';
import { startCuttingProxy } from './support/cutting-proxy.ts';
import { createTestDatabase } from './support/database.ts';
import { overtaken } from './support/overtaken.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';

const app = useApp();
const lamp = { title: 'Lamp', description: 'Brass' };
const day = 24 * 60 * 60;

function newKey(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': randomUUID() };
}

async function itemsOf(person: Person): Promise<{ id: number }[]> {
  return (await person.get('/items')).body.items;
}

/** What a replay must repeat. */
function replied({ status, body, headers }: Response) {
  return { status, body, location: headers['location'], etag: headers['etag'] };
}

function isReplay({ headers }: Response): boolean {
  return headers['idempotency-replayed'] === 'true';
}

describe('a repeated request', () => {
  test('gets the first reply: status, body, Location and ETag, and is told so', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    const first = await ada.post('/items', lamp, headers);
    await ada.patch(`/items/${first.body.id}`, { title: 'Desk lamp' });
    const second = await ada.post('/items', lamp, headers);
    expect(first.status).toBe(201);
    expect(replied(second)).toEqual(replied(first));
    expect([isReplay(first), isReplay(second)]).toEqual([false, true]);
    expect(await itemsOf(ada)).toHaveLength(1);
  });

  test('is the same one whatever the order of its properties', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    const first = await ada.post('/items', '{"title":"Lamp","description":"Brass"}', headers);
    const second = await ada.post('/items', '{ "description": "Brass", "title": "L\\u0061mp" }', headers);
    expect(replied(second)).toEqual(replied(first));
    expect(isReplay(second)).toBe(true);
  });

  test('is done again without a key, and with another one', async () => {
    const { ada } = await people(app);
    for (const headers of [newKey(), newKey(), {}, {}]) {
      expect(isReplay(await ada.post('/items', lamp, headers))).toBe(false);
    }
    expect(await itemsOf(ada)).toHaveLength(4);
  });

  test('with another body is a 422, and does nothing', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    await ada.post('/items', lamp, headers);
    for (const other of [{ title: 'Chair' }, { title: 'Lamp' }, { title: 'Lamp', description: null }]) {
      expect(await ada.post('/items', other, headers)).toBeProblem(422, 'idempotency_key_reused');
    }
    expect(await itemsOf(ada)).toHaveLength(1);
  });

  test('is replayed for 24 hours, and then done anew', async () => {
    await using own = await startApp();
    const { ada } = await people(own);
    const headers = newKey();
    const first = await ada.post('/items', lamp, headers);
    own.clock.advance(day - 60);
    const inTime = await ada.signsInAgain();
    expect(replied(await inTime.post('/items', lamp, headers))).toEqual(replied(first));
    own.clock.advance(60);
    const anew = await inTime.post('/items', lamp, headers);
    expect([anew.status, isReplay(anew)]).toEqual([201, false]);
    expect(anew.body.id).not.toBe(first.body.id);
    expect(replied(await inTime.post('/items', lamp, headers))).toEqual(replied(anew));
    expect(await itemsOf(inTime)).toHaveLength(2);
  });
});

describe('requests at the same moment', () => {
  test('make one row: whoever is not first gets its reply or a 409', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    const replies = await Promise.all(Array.from({ length: 8 }, () => ada.post('/items', lamp, headers)));
    const created = replies.filter(({ status }) => status === 201);
    const others = replies.filter(({ status }) => status !== 201);
    expect(created.length).toBeGreaterThanOrEqual(1);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    for (const other of others) expect(other).toBeProblem(409, 'idempotency_key_in_use');
    expect(await itemsOf(ada)).toEqual([expect.objectContaining({ id: created[0]?.body.id })]);
  });

  test('do not wait for each other: 409 while the first one runs', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    const meanwhile: Response[] = [];
    const first = await overtaken(app, {
      request: () => ada.post('/items', lamp, headers),
      holding: (trx) => sql`lock table items in exclusive mode`.execute(trx),
      by: async () => meanwhile.push(await ada.post('/items', lamp, headers)),
    });
    expect(first.status).toBe(201);
    expect(meanwhile[0]).toBeProblem(409, 'idempotency_key_in_use');
    expect(replied(await ada.post('/items', lamp, headers))).toEqual(replied(first));
  });
});

test('a client that is gone before the reply comes gets it when it asks again', async () => {
  const { ada } = await people(app);
  const headers = newKey();
  const call = abandonable(app, ada, headers);
  await overtaken(app, {
    request: () => call.send(lamp),
    holding: (trx) => sql`lock table items in exclusive mode`.execute(trx),
    by: () => call.abandon(),
  });
  await untilKept(headers['Idempotency-Key']);
  const retried = await ada.post('/items', lamp, headers);
  expect([retried.status, isReplay(retried)]).toEqual([201, true]);
  expect(await itemsOf(ada)).toEqual([retried.body]);
});

describe('a database that is lost', () => {
  test.each([
    ['before anything is written', 'pg_try_advisory_xact_lock', false],
    ['between the claim and the deed', 'insert into "items"', false],
    ['between the deed and the reply that is kept', 'insert into "idempotency_keys"', false],
    ['after the commit, which nobody hears of', 'commit', true],
  ])('%s makes a 503, and the repeat has it done once', async (_when, statement, isKept) => {
    await using database = await createTestDatabase();
    await using proxy = await startCuttingProxy(database.url);
    await using own = await startApp(undefined, { database: proxy });
    const { ada } = await people(own);
    const headers = newKey();
    proxy.cutAfter(statement);
    expect(await ada.post('/items', lamp, headers)).toBeProblem(503, 'database_unavailable');
    expect(proxy.hasCut()).toBe(true);
    const second = await ada.post('/items', lamp, headers);
    expect([second.status, isReplay(second)]).toEqual([201, isKept]);
    expect(await itemsOf(ada)).toEqual([second.body]);
  });
});

describe('a replay', () => {
  test('tells whoever may still call: not a deactivated user, nor one who is signed out', async () => {
    const { ada, grace } = await people(app);
    const headers = newKey();
    await ada.post('/items', lamp, headers);
    const again = await ada.signsInAgain();
    await ada.post('/auth/logout');
    expect(await ada.post('/items', lamp, headers)).toBeProblem(401, 'unauthorized');
    await grace.patch(`/users/${ada.id}`, { is_active: false });
    expect(await again.post('/items', lamp, headers)).toBeProblem(401, 'unauthorized');
  });

  test('is refused as any request is that wants another media type', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    await ada.post('/items', lamp, headers);
    const refused = await ada.post('/items', lamp, { ...headers, Accept: 'text/html' });
    expect(refused).toBeProblem(406, 'not_acceptable');
  });

  test('repeats what was, although it is gone', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    const first = await ada.post('/items', lamp, headers);
    await ada.delete(`/items/${first.body.id}`);
    expect(replied(await ada.post('/items', lamp, headers))).toEqual(replied(first));
    expect(await itemsOf(ada)).toEqual([]);
  });
});

describe('a first attempt that fails', () => {
  test('keeps nothing and can be repeated', async () => {
    await using own = await startApp();
    await loseNextRaces(own.platform.db, 3);
    const { ada } = await people(own);
    const headers = newKey();
    expect(await ada.post('/items', lamp, headers)).toBeProblem(503, 'overloaded');
    expect(await own.platform.db.selectFrom('idempotency_keys').select('key').execute()).toEqual([]);
    const second = await ada.post('/items', lamp, headers);
    expect([second.status, isReplay(second)]).toEqual([201, false]);
    expect(replied(await ada.post('/items', lamp, headers))).toEqual(replied(second));
    expect(await itemsOf(ada)).toHaveLength(1);
  });

  test('with another body may be corrected under the same key', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    expect(await ada.post('/items', { title: '' }, headers)).toBeProblem(422, 'validation_failed');
    expect((await ada.post('/items', lamp, headers)).status).toBe(201);
  });

  test('by a lost race is run again by the server itself, and kept once', async () => {
    await using own = await startApp();
    await loseNextRaces(own.platform.db, 2);
    const { ada } = await people(own);
    const headers = newKey();
    const first = await ada.post('/items', lamp, headers);
    expect([first.status, isReplay(first)]).toEqual([201, false]);
    expect(replied(await ada.post('/items', lamp, headers))).toEqual(replied(first));
    expect(await itemsOf(ada)).toHaveLength(1);
  });
});

describe('a key', () => {
  test('is the own one of each user', async () => {
    const { ada, bob } = await people(app);
    const headers = newKey();
    const [hers, his] = [await ada.post('/items', lamp, headers), await bob.post('/items', lamp, headers)];
    expect([hers.body.owner_id, his.body.owner_id]).toEqual([ada.id, bob.id]);
    expect(isReplay(his)).toBe(false);
  });

  test('is the own one of each operation', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    await ada.post('/items', lamp, headers);
    await app.platform.db
      .updateTable('idempotency_keys')
      .set({ operation: 'createChair' })
      .where('key', '=', headers['Idempotency-Key'])
      .execute();
    const other = await ada.post('/items', { title: 'Chair' }, headers);
    expect([other.status, isReplay(other)]).toEqual([201, false]);
  });

  test('goes with the account', async () => {
    const { ada } = await people(app);
    const headers = newKey();
    await ada.post('/items', lamp, headers);
    await ada.delete('/users/me');
    expect(await keptReply(headers['Idempotency-Key'])).toBeUndefined();
  });

  test.each([
    ['empty', '', 'minLength'],
    ['of 256 characters', 'k'.repeat(256), 'maxLength'],
    ['with a character outside of ASCII', 'clé', 'pattern'],
    ['with a tab', 'a\tb', 'pattern'],
  ])('that is %s is a 422', async (_what, key, type) => {
    const { ada } = await people(app);
    const refused = await ada.post('/items', lamp, { 'Idempotency-Key': key });
    expect(refused).toBeProblem(422, 'validation_failed');
    const field = 'header.Idempotency-Key';
    expect(refused.body.errors).toEqual([expect.objectContaining({ field, type, in: 'header' })]);
    expect(await itemsOf(ada)).toEqual([]);
  });

  test.each(['k'.repeat(255), '"quoted, with a space" ~', '0'])('may be %s', async (key) => {
    const { ada } = await people(app);
    const headers = { 'Idempotency-Key': key };
    const first = await ada.post('/items', lamp, headers);
    expect(replied(await ada.post('/items', lamp, headers))).toEqual(replied(first));
  });
});

test('what is kept is what was sent', async () => {
  const { ada } = await people(app);
  const headers = newKey();
  const { status, text, headers: sent } = await ada.post('/items', lamp, headers);
  expect(await keptReply(headers['Idempotency-Key'])).toMatchObject({
    operation: 'createItem',
    status,
    body: text,
    headers: { Location: sent['location'], ETag: sent['etag'] },
  });
});

function keptReply(key: string) {
  return app.platform.db.selectFrom('idempotency_keys').selectAll().where('key', '=', key).executeTakeFirst();
}

async function untilKept(key: string): Promise<void> {
  while (!(await keptReply(key))) await sleep(2);
}

/** A request of a client that breaks off before the reply comes. */
function abandonable({ url }: TestApp, { accessToken }: Person, headers: Record<string, string>) {
  const call = httpRequest(`${url}/api/v1/items`, {
    method: 'POST',
    headers: { ...headers, Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
  });
  const { promise: isGone, resolve } = Promise.withResolvers<void>();
  call.on('error', () => resolve());
  return {
    send: (body: object) => {
      call.end(JSON.stringify(body));
      return isGone;
    },
    abandon: async () => call.destroy(),
  };
}

/** PostgreSQL itself refuses so many inserts of items. A sequence counts them: it is not rolled back. */
async function loseNextRaces(db: Db, races: number): Promise<void> {
  await sql`create sequence attempts`.execute(db);
  await sql`
    create function lose_race() returns trigger language plpgsql as $$
    begin
      if nextval('attempts') <= ${sql.lit(races)} then
        raise exception 'lost' using errcode = 'serialization_failure';
      end if;
      return new;
    end $$`.execute(db);
  await sql`create trigger lose_race before insert on items for each row execute function lose_race()`.execute(
    db,
  );
}
