import { describe, expect, test } from '@jest/globals';
import { useApp } from './support/app.ts';
import { password, people, signIn } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

describe('signing up', () => {
  test('creates an active, ordinary account and never shows the password', async () => {
    const account = { email: 'Zoe@Example.com', full_name: 'Zoe', password };
    const created = await visitor(app).post('/users', account);
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.any(Number),
      email: 'zoe@example.com',
      full_name: 'Zoe',
      is_active: true,
      is_superuser: false,
      email_verified: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/),
      updated_at: created.body.created_at,
      last_active: null,
    });
    expect(created.headers['location']).toBe(`/api/v1/users/${created.body.id}`);
    expect(created.headers['etag']).toBe('"1"');
  });

  test('lists all three faults of a weak password at once, in words', async () => {
    const refused = await visitor(app).post('/users', { email: 'weak@example.com', password: '--------' });
    expect(refused).toBeProblem(422, 'validation_failed');
    expect(refused.body.errors.map(({ message }: { message: string }) => message).sort()).toEqual([
      'Password must contain at least one digit',
      'Password must contain at least one lowercase letter',
      'Password must contain at least one uppercase letter',
    ]);
    expect(refused.text).not.toContain('--------');
  });

  test.each([
    ['an address without @', { email: 'zoe', password }, 'body.email'],
    ['a missing address', { password }, 'body.email'],
    ['a short password', { email: 'short@example.com', password: 'Aa1' }, 'body.password'],
    [
      'a password of 101 characters',
      { email: 'long@example.com', password: `Aa1${'x'.repeat(98)}` },
      'body.password',
    ],
    ['a role', { email: 'role@example.com', password, is_superuser: true }, 'body.is_superuser'],
    ['an empty name', { email: 'name@example.com', password, full_name: '' }, 'body.full_name'],
  ])('refuses %s', async (_what, body, field) => {
    const refused = await visitor(app).post('/users', body);
    expect(refused).toBeProblem(422, 'validation_failed');
    expect(refused.body.errors).toContainEqual(expect.objectContaining({ field }));
  });

  test('refuses __proto__ as a property', async () => {
    const text = `{"email":"proto@example.com","password":"${password}","__proto__":{"is_superuser":true}}`;
    expect(await visitor(app).post('/users', text)).toBeProblem(422, 'validation_failed');
  });

  test('refuses a second account with the address, however it is written', async () => {
    const { ada } = await people(app);
    const again = await visitor(app).post('/users', { email: ada.email.toUpperCase(), password });
    expect(again).toBeProblem(409, 'email_taken');
  });

  test('lets exactly one of several sign-ups at the same moment win', async () => {
    const account = { email: 'twins@example.com', password };
    const signUps = Array.from({ length: 5 }, () => visitor(app).post('/users', account));
    const statuses = (await Promise.all(signUps)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409, 409, 409, 409]);
  });
});

describe('one’s own account', () => {
  test('is read at /users/me, with 304 for its version', async () => {
    const { ada } = await people(app);
    const me = await ada.get('/users/me');
    expect(me.body).toMatchObject({ id: ada.id, email: ada.email });
    expect((await ada.get('/users/me', { 'If-None-Match': me.headers['etag'] ?? '' })).status).toBe(304);
  });

  test('is read at /users/{user_id} too, but not by others', async () => {
    const { ada, bob, grace } = await people(app);
    expect((await ada.get(`/users/${ada.id}`)).body.email).toBe(ada.email);
    expect((await grace.get(`/users/${ada.id}`)).body.email).toBe(ada.email);
    expect(await bob.get(`/users/${ada.id}`)).toBeProblem(403, 'forbidden');
    expect(await bob.get('/users/2147483647')).toBeProblem(403, 'forbidden');
    expect(await grace.get('/users/2147483647')).toBeProblem(404, 'not_found');
  });

  test('changes its name, and removes it with null', async () => {
    const { ada } = await people(app);
    const named = await ada.patch('/users/me', { full_name: 'Ada King' });
    expect(named.body.full_name).toBe('Ada King');
    expect(named.headers['etag']).toBe('"2"');
    expect((await ada.patch('/users/me', { full_name: null })).body.full_name).toBeNull();
    expect(await ada.patch('/users/me', { full_name: 'x' }, { 'If-Match': '"1"' })).toBeProblem(
      412,
      'precondition_failed',
    );
  });

  test.each([{ is_superuser: true }, { is_active: false }, { id: 1 }, { email: 'new@example.com' }, {}])(
    'cannot be changed by %j',
    async (body) => {
      const { ada } = await people(app);
      expect(await ada.patch('/users/me', body)).toBeProblem(422, 'validation_failed');
      expect((await ada.get('/users/me')).body).toMatchObject({
        id: ada.id,
        email: ada.email,
        is_superuser: false,
      });
    },
  );

  test('is not deleted by somebody who has not seen its newest version', async () => {
    const { ada } = await people(app);
    await ada.patch('/users/me', { full_name: 'Ada King' });
    const stale = await ada.delete('/users/me', { 'If-Match': '"1"' });
    expect(stale).toBeProblem(412, 'precondition_failed');
    expect((await ada.delete('/users/me', { 'If-Match': '"2"' })).status).toBe(204);
  });

  test('goes for good, with its items, and its token with it', async () => {
    const { ada, grace } = await people(app);
    const { id } = await ada.creates('item', { title: 'Lamp' });
    expect((await ada.delete('/users/me')).status).toBe(204);
    expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
    expect(await grace.get(`/users/${ada.id}`)).toBeProblem(404, 'not_found');
    expect(await grace.get(`/items/${id}`)).toBeProblem(404, 'not_found');
  });
});

describe('changing the password', () => {
  test('needs the old one, ends the other sessions and keeps this one', async () => {
    const { ada } = await people(app);
    const other = await ada.signsInAgain();
    const change = { current_password: password, new_password: 'Better-Horse-2' };
    expect((await ada.put('/users/me/password', change)).status).toBe(204);
    expect((await ada.get('/users/me')).status).toBe(200);
    expect(await other.get('/users/me')).toBeProblem(401, 'unauthorized');
    const login = (secret: string) =>
      visitor(app).post('/auth/login', { email: ada.email, password: secret });
    expect(await login(password)).toBeProblem(401, 'unauthorized');
    expect((await login('Better-Horse-2')).status).toBe(200);
  });

  test('refuses a wrong old password and changes nothing', async () => {
    const { ada } = await people(app);
    const change = { current_password: 'Wrong-Horse-1', new_password: 'Better-Horse-2' };
    expect(await ada.put('/users/me/password', change)).toBeProblem(403, 'forbidden');
    expect((await signIn(app, ada.email)).id).toBe(ada.id);
  });

  test('lets one of two changes at the same moment win', async () => {
    const { ada } = await people(app);
    const changes = ['First-Horse-2', 'Second-Horse-3'].map((new_password) =>
      ada.put('/users/me/password', { current_password: password, new_password }),
    );
    const statuses = (await Promise.all(changes)).map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 403]);
  });
});
