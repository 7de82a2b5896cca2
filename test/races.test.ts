/** Requests that are overtaken by a change of the account that they are about, in an order that the test sets. */
import { describe, expect, test } from '@jest/globals';
import type { Response } from 'supertest';
import type { Trx } from '#platform/database/database.ts';
import { afterStatement } from './support/after-statement.ts';
import { startApp, useApp } from './support/app.ts';
import { overtaken } from './support/overtaken.ts';
import { people, password } from './support/people.ts';
import type { Person } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

const login = (email: string) => visitor(app).post('/auth/login', { email, password });
const refresh = (refresh_token: string) => visitor(app).post('/auth/refresh', { refresh_token });

describe('signing in', () => {
  const update = (trx: Trx, id: number) => trx.updateTable('users').where('id', '=', id);

  test('is refused when the password changes after it was found right', async () => {
    const { ada } = await people(app);
    const password_hash = await app.platform.passwords.hash('Better-Horse-2');
    const reply = await overtaken(app, {
      request: () => login(ada.email),
      by: (trx) => update(trx, ada.id).set({ password_hash }).execute(),
    });
    expect(reply).toBeProblem(401, 'unauthorized');
  });

  test('is refused when the account is deactivated meanwhile', async () => {
    const { ada } = await people(app);
    const reply = await overtaken(app, {
      request: () => login(ada.email),
      by: (trx) => update(trx, ada.id).set({ is_active: false }).execute(),
    });
    expect(reply).toBeProblem(401, 'unauthorized');
  });

  test('goes on when something else of the account changes', async () => {
    const { ada } = await people(app);
    const reply = await overtaken(app, {
      request: () => login(ada.email),
      by: (trx) => update(trx, ada.id).set({ full_name: 'Ada King' }).execute(),
    });
    expect(reply.status).toBe(200);
  });

  test('leaves no session behind when it was refused', async () => {
    const { ada } = await people(app);
    await overtaken(app, {
      request: () => login(ada.email),
      by: (trx) => update(trx, ada.id).set({ is_active: false }).execute(),
    });
    const { db } = app.platform;
    const sessions = await db.selectFrom('sessions').select('id').where('user_id', '=', ada.id).execute();
    expect(sessions).toHaveLength(1);
  });
});

describe('an account that is deleted meanwhile', () => {
  const change = { current_password: password, new_password: 'Better-Horse-2' };

  test.each<[string, (ada: Person) => Promise<Response>]>([
    ['signing in', ({ email }) => login(email)],
    ['refreshing', ({ refreshToken }) => refresh(refreshToken)],
    ['creating an item', (ada) => ada.post('/items', { title: 'Lamp' })],
    ['changing the name', (ada) => ada.patch('/users/me', { full_name: 'Ada King' })],
    ['changing the password', (ada) => ada.put('/users/me/password', change)],
    ['deleting it again', (ada) => ada.delete('/users/me')],
  ])('makes %s a 401', async (_what, send) => {
    const { ada } = await people(app);
    const reply = await overtaken(app, {
      request: () => send(ada),
      by: (trx) => trx.deleteFrom('users').where('id', '=', ada.id).execute(),
    });
    expect(reply).toBeProblem(401, 'unauthorized');
  });

  test.each<[string, (ada: Person) => Promise<Response>]>([
    ['reading', (ada) => ada.get('/users/me')],
    ['changing', (ada) => ada.patch('/users/me', { full_name: 'Ada King' })],
    ['changing the password of', (ada) => ada.put('/users/me/password', change)],
    ['deleting', (ada) => ada.delete('/users/me')],
  ])('makes %s it a 401, even when its token was good a moment ago', async (_what, send) => {
    const meanwhile = afterStatement();
    await using other = await startApp(({ db }) => ({ db: db.withPlugin(meanwhile) }));
    const { ada } = await people(other);
    const db = other.platform.db.withoutPlugins();
    meanwhile.run(() => db.deleteFrom('users').where('id', '=', ada.id).execute());
    expect(await send(ada)).toBeProblem(401, 'unauthorized');
  });

  test.each<[string, number, (ada: Person, id: number) => Promise<Response>]>([
    ['signing out', 204, (ada) => ada.post('/auth/logout')],
    ['changing an item', 404, (ada, id) => ada.patch(`/items/${id}`, { title: 'Chair' })],
    ['deleting an item', 404, (ada, id) => ada.delete(`/items/${id}`)],
  ])('leaves nothing for %s: %d', async (_what, status, send) => {
    const { ada } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    const reply = await overtaken(app, {
      request: () => send(ada, id),
      by: (trx) => trx.deleteFrom('users').where('id', '=', ada.id).execute(),
    });
    expect(reply.status).toBe(status);
  });

  test('never makes a 500, in whatever order everything happens at once', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { ada } = await people(app);
      const { id } = await ada.creates('item', { title: 'Lamp' });
      const [deleted, ...others] = await Promise.all([
        ada.delete('/users/me'),
        ada.post('/items', { title: 'Chair' }),
        ada.get('/users/me'),
        ada.patch('/users/me', { full_name: 'Ada King' }),
        ada.put('/users/me/password', change),
        ada.get('/items'),
        ada.patch(`/items/${id}`, { title: 'Desk lamp' }),
        refresh(ada.refreshToken),
        login(ada.email),
        ada.post('/auth/logout'),
      ]);
      const statuses = others.map(({ status }) => status);
      // What is not 401 came before the deletion; 404: the item was gone, its owner's token not yet asked for.
      expect([200, 201, 204, 401, 404]).toEqual(expect.arrayContaining(statuses));
      // Signing out may have come first.
      expect([204, 401]).toContain(deleted.status);
    }
  });
});
