/** What surrounds every operation: the identity of a request, paths and methods, headers, CORS. */
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { startApp, useApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { stranger, visitor } from './support/visitor.ts';

const app = useApp(({ config }) => ({
  config: { ...config, http: { ...config.http, corsOrigins: ['https://shop.example'] } },
}));

describe('a request', () => {
  test('keeps the id that the client gave it', async () => {
    const response = await visitor(app).get('/users/me', { 'X-Request-ID': 'checkout-42' });
    expect(response.headers['x-request-id']).toBe('checkout-42');
    expect(response.body.request_id).toBe('checkout-42');
  });

  test.each(['a b', 'x'.repeat(129), 'ünïcode', 'a/b', 'a,b', 'a%20b', ''])(
    'gets a new id instead of %j',
    async (id) => {
      const response = await visitor(app).get('/users/me', { 'X-Request-ID': id });
      const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
      expect(response.headers['x-request-id']).toMatch(uuid);
      expect(response.body.request_id).toBe(response.headers['x-request-id']);
    },
  );

  test('keeps an id of 128 characters, and none twice', async () => {
    const id = `checkout.${'x'.repeat(118)}-`;
    const { headers } = await visitor(app).get('/users/me', { 'X-Request-ID': id });
    expect(headers['x-request-id']).toBe(id);
    const others = await Promise.all([visitor(app).get('/users/me'), visitor(app).get('/users/me')]);
    expect(others[0].headers['x-request-id']).not.toBe(others[1].headers['x-request-id']);
  });

  test('is timed', async () => {
    const { headers } = await visitor(app).get('/users/me');
    expect(Number(headers['x-process-time'])).toBeGreaterThan(0);
    expect(headers['server-timing']).toMatch(/^app;dur=\d/);
  });

  test('leaves one line in the log, with the operation and the caller', async () => {
    const { ada } = await people(app);
    const { headers } = await ada.get('/items?q=secret-search');
    const lines = app.logged.filter(({ request_id }) => request_id === headers['x-request-id']);
    expect(lines).toEqual([
      expect.objectContaining({
        method: 'GET',
        path: '/api/v1/items',
        status: 200,
        operation_id: 'listItems',
        user_id: ada.id,
      }),
    ]);
  });

  test('leaves no secret and no e-mail address in log, metrics or errors', async () => {
    const { ada, grace } = await people(app);
    await visitor(app).post('/auth/login', { email: ada.email, password: 'Wrong-Horse-1' });
    await visitor(app).post('/users', { email: ada.email, password });
    await visitor(app).post('/auth/refresh', { refresh_token: ada.refreshToken });
    await grace.get(`/users?q=${ada.email}`);
    const metrics = await request(app.url).get('/metrics');
    const written = JSON.stringify(app.logged) + metrics.text;
    for (const secret of [ada.email, password, 'Wrong-Horse-1', ada.accessToken, ada.refreshToken]) {
      expect(written).not.toContain(secret);
    }
  });

  test('is counted by operation and status', async () => {
    const { ada } = await people(app);
    await ada.get('/items/2147483647');
    const { text } = await request(app.url).get('/metrics');
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",operation="getItem",status="404"\} \d/,
    );
  });
});

describe('paths outside the contract', () => {
  const paths = [
    '/nothing',
    '/api/v1/nothing',
    '/api/v2/items',
    '/api/v1/items/',
    '/API/v1/items',
    '/api/v1',
  ];

  test.each(paths)('%s is a 404 problem', async (path) => {
    expect(await stranger(app).get(path)).toBeProblem(404, 'not_found');
  });

  test.each(['/%', '/api/v1/items/%', '/docs/%FF'])('%s is a 400 problem', async (path) => {
    expect(await stranger(app).get(path)).toBeProblem(400, 'bad_request');
  });

  test('methods that a path lacks are a 405 with Allow; OPTIONS lists them', async () => {
    const refused = await visitor(app).put('/items');
    expect(refused).toBeProblem(405, 'method_not_allowed');
    expect(refused.headers['allow']).toBe('GET, POST, HEAD, OPTIONS');
    const options = await visitor(app).options('/items');
    expect([options.status, options.headers['allow']]).toEqual([204, 'GET, POST, HEAD, OPTIONS']);
  });

  test('HEAD is a method of every path that has GET, and of no other', async () => {
    expect((await visitor(app).head('/auth/login')).status).toBe(405);
    expect((await visitor(app).head('/items')).status).toBe(401);
  });
});

describe('security headers', () => {
  test('stand on every reply, and no x-powered-by', async () => {
    const { headers } = await visitor(app).get('/users/me');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  test.each([
    ['behind one proxy', { trustProxy: 1 }],
    ['behind named proxies', { trustProxy: ['10.0.0.0/8'] }],
    ['with a certificate of our own', { tls: { certPath: 'cert.pem', keyPath: 'key.pem' } }],
  ])('demand HTTPS for a year %s', async (_where, http) => {
    await using secure = await startApp(({ config }) => ({
      config: { ...config, http: { ...config.http, ...http } },
    }));
    const { headers } = await visitor(secure).get('/users/me');
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });
});

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    visitor(app).options('/items/1', {
      Origin: origin,
      'Access-Control-Request-Method': 'PATCH',
      'Access-Control-Request-Headers': 'authorization,if-match',
    });

  test('is let in when its origin is listed', async () => {
    const { status, headers } = await preflight('https://shop.example');
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,if-match',
    });
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    const simple = await visitor(app).get('/items', { Origin: 'https://shop.example' });
    expect(simple.headers['access-control-allow-origin']).toBe('https://shop.example');
    const readable = simple.headers['access-control-expose-headers']?.split(',');
    expect(readable).toEqual(
      expect.arrayContaining(['ETag', 'Idempotency-Replayed', 'Retry-After', 'Sunset']),
    );
  });

  test.each(['null', 'https://evil.example', 'https://shop.example.evil.example', 'http://shop.example'])(
    'is not let in from %s',
    async (origin) => {
      const replies = [await preflight(origin), await visitor(app).get('/items', { Origin: origin })];
      for (const { headers } of replies) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers['vary']).toContain('Origin');
      }
    },
  );
});
