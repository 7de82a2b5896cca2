import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createPasswords } from '#platform/passwords.ts';
import { startApp, useApp } from './support/app.ts';
import { password, people, signIn } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe('signing in', () => {
  test('takes JSON', async () => {
    const { ada } = await people(app);
    const signedIn = await visitor(app).post('/auth/login', { email: ada.email.toUpperCase(), password });
    expect(signedIn.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'bearer',
      expires_in: 1800,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      scope: 'user',
    });
    expect(signedIn.headers['cache-control']).toBe('no-store');
  });

  test('takes the form of an OAuth2 client', async () => {
    const { grace } = await people(app);
    const form = {
      grant_type: 'password',
      username: grace.email,
      password,
      scope: 'user superuser',
      client_id: 'docs',
    };
    const signedIn = await visitor(app).postForm('/auth/login', form);
    expect(signedIn.body.scope).toBe('user superuser');
  });

  test('ignores the Basic credentials that Swagger UI sends along', async () => {
    const { ada } = await people(app);
    const body = { email: ada.email, password };
    const signedIn = await visitor(app).post('/auth/login', body, { Authorization: 'Basic ZG9jczo=' });
    expect(signedIn.status).toBe(200);
  });

  test('tells nobody who has an account: unknown, wrong and inactive get the same 401', async () => {
    const { ada, bob, grace } = await people(app);
    await grace.patch(`/users/${bob.id}`, { is_active: false });
    const attempts = [
      { email: 'nobody@example.com', password },
      { email: ada.email, password: 'Wrong-Horse-1' },
      { email: bob.email, password },
    ];
    const replies = await Promise.all(attempts.map((attempt) => visitor(app).post('/auth/login', attempt)));
    const faces = replies.map(({ status, headers, body }) => ({
      status,
      challenge: headers['www-authenticate'],
      body: { ...body, request_id: '' },
    }));
    expect(faces[1]).toEqual(faces[0]);
    expect(faces[2]).toEqual(faces[0]);
    expect(replies[0]).toBeProblem(401, 'unauthorized');
    expect(replies[0]?.body.detail).toBe('Incorrect e-mail or password');
  });

  test('does the same work for an unknown address as for a wrong password', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash(password);
    const timed = async (passwordHash: string | undefined) => {
      const started = process.cpuUsage();
      await passwords.verify('Wrong-Horse-1', passwordHash);
      const { user, system } = process.cpuUsage(started);
      return user + system;
    };
    const pairs = [];
    for (let round = 0; round < 15; round += 1)
      pairs.push([await timed(hash), await timed(undefined)] as const);
    const ratio = median(pairs.map(([known]) => known)) / median(pairs.map(([, unknown]) => unknown));
    // Without the stand-in hash the ratio would be in the hundreds.
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test('answers 503 with Retry-After when too many hash at once, and goes on serving others', async () => {
    await using costly = await startApp(() => ({ passwords: createPasswords({ running: 1, waiting: 20 }) }));
    const { ada } = await people(costly);
    const attempt = () =>
      visitor(costly).post('/auth/login', { email: ada.email, password: 'Wrong-Horse-1' });
    const logins = Promise.all(Array.from({ length: 60 }, attempt));
    expect((await ada.get('/users/me')).status).toBe(200);
    const replies = await logins;
    const overloaded = replies.filter(({ status }) => status === 503);
    expect(overloaded.length).toBeGreaterThan(0);
    expect(overloaded[0]).toBeProblem(503, 'overloaded');
    expect(overloaded[0]?.headers['retry-after']).toBe('1');
    expect(replies.every(({ status }) => status === 401 || status === 503)).toBe(true);
  });
});

describe('refreshing', () => {
  const refresh = (refresh_token: string) => visitor(app).post('/auth/refresh', { refresh_token });

  test('gives a new pair of tokens, both of them good', async () => {
    const { ada } = await people(app);
    const { body } = await refresh(ada.refreshToken);
    expect(body.refresh_token).not.toBe(ada.refreshToken);
    expect((await ada.as(body.access_token).get('/users/me')).status).toBe(200);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('refuses a spent token within the grace, and the session goes on', async () => {
    const { ada } = await people(app);
    const { body } = await refresh(ada.refreshToken);
    app.clock.advance(9);
    expect(await refresh(ada.refreshToken)).toBeProblem(401, 'unauthorized');
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('takes a spent token after the grace for stolen: the whole session ends', async () => {
    const { ada } = await people(app);
    const { body } = await refresh(ada.refreshToken);
    app.clock.advance(11);
    expect(await refresh(ada.refreshToken)).toBeProblem(401, 'unauthorized');
    expect(await refresh(body.refresh_token)).toBeProblem(401, 'unauthorized');
    expect(await ada.as(body.access_token).get('/users/me')).toBeProblem(401, 'unauthorized');
    expect((await signIn(app, ada.email)).id).toBe(ada.id);
  });

  test('lets one of fifty at the same moment win, and the session lives', async () => {
    const { ada } = await people(app);
    const replies = await Promise.all(Array.from({ length: 50 }, () => refresh(ada.refreshToken)));
    const winners = replies.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(49);
    expect((await refresh(winners[0]?.body.refresh_token)).status).toBe(200);
  });

  test('ends after thirty days without a refresh', async () => {
    const { ada } = await people(app);
    app.clock.advance(30 * 86_400 + 1);
    expect(await refresh(ada.refreshToken)).toBeProblem(401, 'unauthorized');
  });

  test('knows no token but its own', async () => {
    expect(await refresh('x'.repeat(43))).toBeProblem(401, 'unauthorized');
  });

  test('keeps only hashes', async () => {
    const { ada } = await people(app);
    const sessionsOfAda = app.platform.db.selectFrom('sessions').select('id').where('user_id', '=', ada.id);
    const kept = await app.platform.db
      .selectFrom('refresh_tokens')
      .select('token_hash')
      .where('session_id', 'in', sessionsOfAda)
      .execute();
    expect(kept).toEqual([{ token_hash: createHash('sha256').update(ada.refreshToken).digest() }]);
  });
});

describe('signing out', () => {
  test('ends this session at once, and no other', async () => {
    const { ada } = await people(app);
    const other = await ada.signsInAgain();
    expect((await ada.post('/auth/logout')).status).toBe(204);
    expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
    const refused = await visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken });
    expect(refused).toBeProblem(401, 'unauthorized');
    expect((await other.get('/users/me')).status).toBe(200);
  });
});
