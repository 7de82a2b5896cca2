import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createAccessTokens } from '#features/auth/access-token.ts';
import { testSecret, useApp } from './support/app.ts';
import { people } from './support/people.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

describe('an access token', () => {
  test('is asked for where there is none', async () => {
    const refused = await visitor(app).get('/users/me');
    expect(refused).toBeProblem(401, 'unauthorized');
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="accord"');
  });

  test('ends after its lifetime', async () => {
    const { ada } = await people(app);
    app.clock.advance(1801);
    expect(await ada.get('/users/me')).toBeProblem(401, 'unauthorized');
  });

  test.each([
    ['no scheme', 'abc'],
    ['another scheme', 'Basic YWRhOnNlY3JldA=='],
    ['no token', 'Bearer '],
    ['no JWT', 'Bearer abc'],
    ['a very long token', `Bearer ${'a'.repeat(5000)}`],
    ['two tokens', 'Bearer a b'],
  ])('is refused with %s', async (_what, authorization) => {
    const refused = await visitor(app).get('/users/me', { Authorization: authorization });
    expect(refused).toBeProblem(401, 'unauthorized');
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="accord", error="invalid_token"');
  });

  interface Forgery {
    alg?: string;
    typ?: string;
    secret?: string;
    claims?: Readonly<Record<string, unknown>>;
    without?: string;
  }

  async function forge(
    accessToken: string,
    { alg = 'HS256', typ = 'at+jwt', secret = testSecret, claims = {}, without }: Forgery,
  ) {
    const genuine = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    const entries = Object.entries({ ...genuine, ...claims }).filter(([name]) => name !== without);
    return new SignJWT(Object.fromEntries(entries))
      .setProtectedHeader({ alg, typ })
      .sign(new TextEncoder().encode(secret));
  }

  const inAnHour = Math.floor(Date.now() / 1000) + 3600;

  test.each<[string, Forgery]>([
    ['another algorithm', { alg: 'HS512', secret: testSecret.repeat(2) }],
    ['another key', { secret: 'x'.repeat(32) }],
    ['another type', { typ: 'JWT' }],
    ['no expiry', { without: 'exp' }],
    ['an expiry long ago', { claims: { exp: 1 } }],
    ['an expiry in the year 285 million', { claims: { exp: 9e15 } }],
    ['an expiry of NaN kind', { claims: { exp: 'tomorrow' } }],
    ['a start in the future', { claims: { nbf: inAnHour } }],
    ['another audience', { claims: { aud: 'somebody-else' } }],
    ['another issuer', { claims: { iss: 'somebody-else' } }],
    ['no session', { without: 'sid' }],
    ['a session that does not exist', { claims: { sid: '00000000-0000-4000-8000-000000000000' } }],
    ['a session that is no UUID', { claims: { sid: "' or 1=1" } }],
    ['another user', { claims: { sub: '2147483647' } }],
    ['a subject that is an object', { claims: { sub: { id: 1 } } }],
    ['a subject that is no id', { claims: { sub: '1e3' } }],
    ['no token id', { without: 'jti' }],
  ])('is refused with %s', async (_what, forgery) => {
    const { ada } = await people(app);
    const forged = await forge(ada.accessToken, forgery);
    expect(await ada.as(forged).get('/users/me')).toBeProblem(401, 'unauthorized');
  });

  test('is refused without a signature', async () => {
    const { ada } = await people(app);
    const [, payload] = ada.accessToken.split('.');
    const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    expect(await ada.as(`${header}.${payload}.`).get('/users/me')).toBeProblem(401, 'unauthorized');
  });

  test('is not a refresh token, nor the other way round', async () => {
    const { ada } = await people(app);
    expect(await ada.as(ada.refreshToken).get('/users/me')).toBeProblem(401, 'unauthorized');
    const refused = await visitor(app).post('/auth/refresh', { refresh_token: ada.accessToken });
    expect(refused).toBeProblem(401, 'unauthorized');
  });
});

describe('remembered tokens', () => {
  // What is remembered is not checked again: such a token is taken even before its own beginning (`nbf`).
  const begins = new Date('2026-11-02T09:00:00Z');
  const before = new Date('2026-11-02T08:00:00Z');
  const sessionId = '00000000-0000-4000-8000-000000000000';

  function tokenOf(userId: number): Promise<string> {
    const seconds = begins.getTime() / 1000;
    const claims = { iss: 'accord', aud: 'accord-api', sub: String(userId), sid: sessionId, jti: 'x' };
    return new SignJWT({ ...claims, iat: seconds, nbf: seconds, exp: seconds + 1800 })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .sign(new TextEncoder().encode(testSecret));
  }

  test('are ten thousand at most: the oldest is forgotten for a new one', async () => {
    let now = begins;
    const clock = { now: () => now };
    const tokens = createAccessTokens({ secretKey: testSecret, lifetimeSeconds: 1800, clock });
    const [first, second] = [await tokenOf(1), await tokenOf(2)];
    for (const token of [first, second]) await tokens.verify(token);
    for (let userId = 3; userId <= 10_000; userId += 1) await tokens.verify(await tokenOf(userId));

    now = before;
    expect(await tokens.verify(first)).toMatchObject({ userId: 1 });
    now = begins;
    await tokens.verify(await tokenOf(10_001));
    now = before;
    expect(await tokens.verify(first)).toBeUndefined();
    expect(await tokens.verify(second)).toMatchObject({ userId: 2 });
  });

  test('are refused once they have expired', async () => {
    let now = begins;
    const clock = { now: () => now };
    const tokens = createAccessTokens({ secretKey: testSecret, lifetimeSeconds: 1800, clock });
    const token = await tokenOf(1);
    expect(await tokens.verify(token)).toMatchObject({ userId: 1 });
    now = new Date(begins.getTime() + 1_800_000);
    expect(await tokens.verify(token)).toBeUndefined();
  });
});
