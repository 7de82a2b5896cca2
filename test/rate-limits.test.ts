/** `x-rate-limit`, with the limits of the contract and a limiter that really counts. */
import { describe, expect, test } from '@jest/globals';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { startApp, useApp } from './support/app.ts';
import { password, people } from './support/people.ts';
import { visitor } from './support/visitor.ts';

// Behind one trusted proxy, so that each test can come from addresses of its own.
const app = useApp(({ config, clock }) => ({
  config: { ...config, http: { ...config.http, trustProxy: 1 } },
  limiter: createMemoryLimiter({ clock }),
}));

const from = (address: string) => ({ 'X-Forwarded-For': address });

describe('limits of the contract', () => {
  test('are told in every reply, with what is left', async () => {
    const { ada } = await people(app);
    const { headers } = await ada.get('/items', from('192.0.2.1'));
    expect(headers['ratelimit-policy']).toBe('"ip";q=1200;w=60, "user";q=600;w=60');
    expect(headers['ratelimit']).toMatch(/^"ip";r=1199;t=60, "user";r=59\d;t=\d+$/);
  });

  test('refuse an address that signs in too often, before anything else is looked at', async () => {
    const attempt = () => visitor(app).post('/auth/login', '{', from('192.0.2.2'));
    for (let count = 0; count < 30; count += 1) expect((await attempt()).status).toBe(400);
    const refused = await attempt();
    expect(refused).toBeProblem(429, 'rate_limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.headers['ratelimit']).toMatch(/^"ip";r=0;t=\d+$/);
    app.clock.advance(61);
    expect((await attempt()).status).toBe(400);
  });

  test('refuse guesses at one account, whatever address they come from and however it is spelt', async () => {
    const { ada } = await people(app);
    const guess = (address: string, email: string) =>
      visitor(app).post('/auth/login', { email, password: 'Wrong-Horse-1' }, from(address));
    // people() signed Ada in once already.
    for (let count = 0; count < 9; count += 1) {
      expect(await guess(`198.51.100.${count}`, ada.email.toUpperCase())).toBeProblem(401, 'unauthorized');
    }
    expect(await guess('198.51.100.77', ada.email)).toBeProblem(429, 'rate_limited');
    const { bob } = await people(app);
    expect(await guess('198.51.100.77', bob.email)).toBeProblem(401, 'unauthorized');
  });

  test('count guesses by the form as well', async () => {
    const form = { username: 'nobody@example.com', password: 'Wrong-Horse-1' };
    for (let count = 0; count < 10; count += 1) await visitor(app).postForm('/auth/login', form);
    app.clock.advance(61); // The limit by address has another window.
    expect(await visitor(app).postForm('/auth/login', form)).toBeProblem(429, 'rate_limited');
  });

  test('count JSON and the form together: one account has one number of guesses', async () => {
    const [email, wrong] = ['somebody@example.com', 'Wrong-Horse-1'];
    for (let count = 0; count < 5; count += 1) {
      await visitor(app).post('/auth/login', { email, password: wrong }, from('192.0.2.70'));
      await visitor(app).postForm('/auth/login', { username: email.toUpperCase(), password: wrong });
    }
    const guess = { email, password: wrong };
    const refused = await visitor(app).post('/auth/login', guess, from('192.0.2.71'));
    expect(refused).toBeProblem(429, 'rate_limited');
  });

  test('refuse a user who changes the password too often, on any address, and nobody else', async () => {
    const { ada, bob } = await people(app);
    const change = { current_password: 'Wrong-Horse-1', new_password: 'Better-Horse-2' };
    for (let count = 0; count < 10; count += 1) {
      expect(await ada.put('/users/me/password', change, from(`203.0.113.${count}`))).toBeProblem(
        403,
        'forbidden',
      );
    }
    expect(await ada.put('/users/me/password', change, from('203.0.113.99'))).toBeProblem(
      429,
      'rate_limited',
    );
    expect(await bob.put('/users/me/password', change, from('203.0.113.99'))).toBeProblem(403, 'forbidden');
    expect((await ada.get('/users/me')).status).toBe(200);
  });

  test('take a whole IPv6 network for one client', async () => {
    const attempt = (address: string) => visitor(app).post('/auth/login', '{', from(address));
    for (let count = 0; count < 30; count += 1) await attempt(`2001:db8:0:1::${count.toString(16)}`);
    expect(await attempt('2001:db8:0:1:ffff::1')).toBeProblem(429, 'rate_limited');
    expect((await attempt('2001:db8:0:2::1')).status).toBe(400);
  });

  test('are not escaped by addresses that the client invents beyond the trusted proxy', async () => {
    const attempt = (count: number) =>
      visitor(app).post('/auth/login', '{', { 'X-Forwarded-For': `10.9.8.${count}, 192.0.2.50` });
    for (let count = 0; count < 30; count += 1) await attempt(count);
    expect(await attempt(31)).toBeProblem(429, 'rate_limited');
  });

  test('go by the connection where no proxy is trusted, whatever X-Forwarded-For says', async () => {
    await using direct = await startApp(({ clock }) => ({ limiter: createMemoryLimiter({ clock }) }));
    const attempt = (count: number) =>
      visitor(direct).post('/auth/login', '{', {
        ...from(`203.0.113.${count}`),
        Forwarded: `for=192.0.2.${count}`,
      });
    for (let count = 0; count < 30; count += 1) expect((await attempt(count)).status).toBe(400);
    expect(await attempt(31)).toBeProblem(429, 'rate_limited');
  });

  test('let a sign-up pass that follows a refused one of another address', async () => {
    const account = { email: 'late@example.com', password };
    expect((await visitor(app).post('/users', account, from('192.0.2.60'))).status).toBe(201);
  });
});
