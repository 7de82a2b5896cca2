/** The first superuser: made once, never out of somebody's account, whoever starts at the same time. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { seedSuperuser } from '#features/users/seed.ts';
import { insertUser } from '#features/users/queries.ts';
import type { Trx } from '#platform/database/database.ts';
import { startApp } from './support/app.ts';
import type { RunningApp } from './support/app.ts';
import { overtaken } from './support/overtaken.ts';
import { signIn, password } from './support/people.ts';

const root = { email: 'Root@Example.com', password };

let app: RunningApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app.stop());

const seed = () => seedSuperuser(app.platform, root);
const users = () => app.platform.db.selectFrom('users').select(['email', 'is_superuser']).execute();

/** An account made by somebody else with the address, in lower case as all are kept. */
const account = (is_superuser: boolean) => ({
  email: 'root@example.com',
  full_name: null,
  password_hash: 'not ours',
  is_superuser,
  now: new Date(),
});

test('is created where there is none, with an address in lower case, and can sign in', async () => {
  expect(await seed()).toBe('created');
  expect(await users()).toEqual([{ email: 'root@example.com', is_superuser: true }]);
  const person = await signIn(app, 'root@example.com');
  expect((await person.get('/users')).status).toBe(200);
});

test('is not created where there is any, whatever its address', async () => {
  await insertUser(app.platform.db, { ...account(true), email: 'grace@example.com' });
  expect(await seed()).toBe('exists');
  expect(await users()).toHaveLength(1);
});

test('is not made of an account that somebody signed up with', async () => {
  await insertUser(app.platform.db, account(false));
  expect(await seed()).toBe('address_taken');
  expect(await users()).toEqual([{ email: 'root@example.com', is_superuser: false }]);
});

test.each([
  ['another process has just made it', true, 'exists'],
  ['somebody has just signed up with its address', false, 'address_taken'],
])('is not created when %s', async (_what, is_superuser, outcome) => {
  const by = (trx: Trx) => insertUser(trx, account(is_superuser));
  expect(await overtaken(app, { request: seed, by })).toBe(outcome);
  expect(await users()).toEqual([{ email: 'root@example.com', is_superuser }]);
});

test('is created once when several processes start together', async () => {
  const outcomes = await Promise.all([seed(), seed(), seed()]);
  expect(outcomes.sort()).toEqual(['created', 'exists', 'exists']);
  expect(await users()).toHaveLength(1);
});
