/** Each test has a database of its own: nobody else there is a superuser. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { startApp } from './support/app.ts';
import { overtaken } from './support/overtaken.ts';
import { people } from './support/people.ts';

test('the last active superuser can be neither demoted, deactivated nor deleted', async () => {
  await using app = await startApp();
  const { grace } = await people(app);
  const refused = [
    await grace.patch(`/users/${grace.id}`, { is_superuser: false }),
    await grace.patch(`/users/${grace.id}`, { is_active: false }),
    await grace.delete(`/users/${grace.id}`),
    await grace.delete('/users/me'),
  ];
  for (const response of refused) expect(response).toBeProblem(409, 'last_superuser');
  expect((await grace.get('/users/me')).body).toMatchObject({ is_active: true, is_superuser: true });
});

test('one of two who demote each other at the same moment stays', async () => {
  await using app = await startApp();
  const { ada, grace } = await people(app);
  await grace.patch(`/users/${ada.id}`, { is_superuser: true });
  const demotions = await Promise.all([
    grace.patch(`/users/${ada.id}`, { is_superuser: false }),
    ada.patch(`/users/${grace.id}`, { is_superuser: false }),
  ]);
  expect(demotions.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('an inactive superuser manages nothing, and so does not count', async () => {
  await using app = await startApp();
  const { ada, grace } = await people(app);
  await grace.patch(`/users/${ada.id}`, { is_superuser: true, is_active: false });
  expect(await grace.delete('/users/me')).toBeProblem(409, 'last_superuser');
  await grace.patch(`/users/${ada.id}`, { is_active: true });
  expect((await grace.delete('/users/me')).status).toBe(204);
});

test.each(['patch', 'delete', 'delete me'] as const)(
  'a change of one superuser waits for the change of another: %s',
  async (how) => {
    await using app = await startApp();
    const { ada, grace } = await people(app);
    await grace.patch(`/users/${ada.id}`, { is_superuser: true });
    const attempts = {
      patch: () => ada.patch(`/users/${ada.id}`, { is_superuser: false }),
      delete: () => ada.delete(`/users/${ada.id}`),
      'delete me': () => ada.delete('/users/me'),
    };
    const reply = await overtaken(app, {
      request: attempts[how],
      // As light a lock as a reader may hold, on the other one only: whoever counts must wait even for that.
      holding: (trx) => sql`select from users where id = ${grace.id} for share`.execute(trx),
      by: (trx) => trx.updateTable('users').set({ is_superuser: false }).where('id', '=', grace.id).execute(),
    });
    expect(reply).toBeProblem(409, 'last_superuser');
  },
);
