/** What ends a session. Each ending is set in the database alone: mostly several of them come together. */
import { expect, test } from '@jest/globals';
import type { Db } from '#platform/database/database.ts';
import { useApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();
const past = new Date('2020-01-01T00:00:00Z');

type Ending = (db: Db, userId: number) => { execute(): Promise<unknown> };

const sessionEndings: Record<string, Ending> = {
  'has expired': (db, id) => db.updateTable('sessions').set({ expires_at: past }).where('user_id', '=', id),
  'is revoked': (db, id) => db.updateTable('sessions').set({ revoked_at: past }).where('user_id', '=', id),
  'is gone': (db, id) => db.deleteFrom('sessions').where('user_id', '=', id),
  'is of an inactive user': (db, id) =>
    db.updateTable('users').set({ is_active: false }).where('id', '=', id),
  'is of nobody': (db, id) => db.deleteFrom('users').where('id', '=', id),
};

test.each(Object.entries(sessionEndings))('a session that %s is good for nothing', async (_how, end) => {
  const { ada } = await people(app);
  await end(app.platform.db, ada.id).execute();
  expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
  const refreshed = await visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken });
  expect(refreshed).toBeProblem(401, 'unauthorized');
});

test('a refresh token that has expired is refused, though its session lives', async () => {
  const { ada } = await people(app);
  const { db } = app.platform;
  const sessions = db.selectFrom('sessions').select('id').where('user_id', '=', ada.id);
  await db
    .updateTable('refresh_tokens')
    .set({ expires_at: past })
    .where('session_id', 'in', sessions)
    .execute();
  const refreshed = await visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken });
  expect(refreshed).toBeProblem(401, 'unauthorized');
  expect((await ada.get('/users/me')).status).toBe(200);
});

test('an account that is inactive cannot be signed in to', async () => {
  const { ada } = await people(app);
  await app.platform.db.updateTable('users').set({ is_active: false }).where('id', '=', ada.id).execute();
  const signedIn = await visitor(app).post('/auth/login', { email: ada.email, password });
  expect(signedIn).toBeProblem(401, 'unauthorized');
});

test('a session goes on for thirty days from its last refresh', async () => {
  const { ada } = await people(app);
  const inDays = async (days: number, refresh_token: string) => {
    app.clock.advance(days * 86_400);
    return visitor(app).post('/auth/refresh', { refresh_token });
  };
  const first = await inDays(29, ada.refreshToken);
  const second = await inDays(29, first.body.refresh_token);
  expect((await ada.as(second.body.access_token).get('/users/me')).status).toBe(200);
  expect(await inDays(31, second.body.refresh_token)).toBeProblem(401, 'unauthorized');
});
