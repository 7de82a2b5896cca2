import { describe, expect, test } from '@jest/globals';
import { useApp } from './support/app.ts';
import { password, people } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

describe('all accounts, for superusers', () => {
  test('are listed in pages, searched, filtered and sorted', async () => {
    const { ada, bob, grace } = await people(app);
    await grace.patch(`/users/${bob.id}`, { is_active: false });
    const found = await grace.get(`/users?q=${ada.email.toUpperCase()}`);
    expect(found.body).toMatchObject({ total: 1, pages: 1, items: [{ id: ada.id }] });
    const inactive = await grace.get('/users?is_active=false&sort=-id');
    expect(inactive.body.items[0].id).toBe(bob.id);
    const sorted = await grace.get('/users?sort=-email&size=100');
    const emails = sorted.body.items.map(({ email }: { email: string }) => email);
    expect(emails).toEqual([...emails].sort().reverse());
    expect(inactive.headers['link']).toContain('is_active=false');
  });

  test.each(['page=100&size=100', 'page=10000&size=1'])(
    'are listed up to the 10,000th: ?%s',
    async (query) => {
      const { grace } = await people(app);
      expect((await grace.get(`/users?${query}`)).body.items).toEqual([]);
      expect(await grace.get('/users?page=5001&size=2')).toBeProblem(422, 'validation_failed');
    },
  );

  test('are read in a batch, each once, with the missing ones named', async () => {
    const { ada, bob, grace } = await people(app);
    const asked = [bob.id, 2147483647, ada.id, 999999, ada.id, 2147483647];
    const { body } = await grace.get(`/users/batch?user_ids=${asked.join()}`);
    const ids = body.items.map(({ id }: { id: number }) => id);
    expect(ids).toEqual([ada.id, bob.id].sort((a, b) => a - b));
    expect(body.missing).toEqual([999999, 2147483647]);
  });

  test.each([
    'user_ids=',
    'user_ids=x',
    'user_ids=1,,2',
    'user_ids=1&user_ids=2x',
    '',
    `user_ids=${'1,'.repeat(100)}1`,
  ])('are not read by /users/batch?%s', async (query) => {
    const { grace } = await people(app);
    expect(await grace.get(`/users/batch?${query}`)).toBeProblem(422, 'validation_failed');
  });

  test('are refused to everybody else', async () => {
    const { ada, bob } = await people(app);
    expect(await ada.get('/users')).toBeProblem(403, 'forbidden');
    expect(await ada.get(`/users/batch?user_ids=${ada.id}`)).toBeProblem(403, 'forbidden');
    expect(await ada.patch(`/users/${bob.id}`, { is_active: false })).toBeProblem(403, 'forbidden');
    expect(await ada.delete(`/users/${bob.id}`)).toBeProblem(403, 'forbidden');
    expect(await visitor(app).get('/users')).toBeProblem(401, 'unauthorized');
  });

  test('are deactivated with effect on the next request, and stay signed out when activated again', async () => {
    const { ada, grace } = await people(app);
    await grace.patch(`/users/${ada.id}`, { is_active: false });
    expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
    const login = () => visitor(app).post('/auth/login', { email: ada.email, password });
    expect(await login()).toBeProblem(401, 'unauthorized');
    const refresh = () => visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken });
    expect(await refresh()).toBeProblem(401, 'unauthorized');
    await grace.patch(`/users/${ada.id}`, { is_active: true });
    expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
    expect((await login()).status).toBe(200);
  });

  test('are promoted and demoted with effect on the next request', async () => {
    const { ada, grace } = await people(app);
    await grace.patch(`/users/${ada.id}`, { is_superuser: true });
    expect((await ada.get('/users')).status).toBe(200);
    await grace.patch(`/users/${ada.id}`, { is_superuser: false });
    expect(await ada.get('/users')).toBeProblem(403, 'forbidden');
  });

  test('are deleted; If-Match guards a change', async () => {
    const { ada, bob, grace } = await people(app);
    expect((await grace.delete(`/users/${ada.id}`)).status).toBe(204);
    expect(await grace.delete(`/users/${ada.id}`)).toBeProblem(404, 'not_found');
    expect(await grace.patch(`/users/${ada.id}`, { is_active: false })).toBeProblem(404, 'not_found');
    const stale = [
      await grace.patch(`/users/${bob.id}`, { full_name: 'x' }, { 'If-Match': '"9"' }),
      await grace.delete(`/users/${bob.id}`, { 'If-Match': '"9"' }),
    ];
    for (const response of stale) expect(response).toBeProblem(412, 'precondition_failed');
    expect((await bob.get('/users/me')).body.full_name).toBeNull();
  });
});
