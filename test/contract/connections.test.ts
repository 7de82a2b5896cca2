import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { json, operation, serve } from './support.ts';
import { requestText, wire } from './wire.ts';
import type { Spec, TinyOptions, TinyServer } from './support.ts';

const things: Spec = {
  components: { securitySchemes: { bearer: {} } },
  paths: {
    '/things': {
      get: operation('getThings'),
      post: operation('addThing', { requestBody: { required: true, ...json({ type: 'object' }) } }),
    },
    '/secrets': { post: operation('addSecret', { security: [{ bearer: [] }], requestBody: json({}) }) },
  },
};

/** Every body here is JSON, and nobody is let in. */
const options: TinyOptions = {
  authenticators: { bearer: { challenge: 'Bearer', authenticate: async () => ({ kind: 'absent' }) } },
  bodyPace: { idleMs: 60_000, minBytesPerSecond: 0 },
};
const impatient: TinyOptions = { ...options, bodyPace: { idleMs: 100, minBytesPerSecond: 1000 } };

const post = (path: string, headers: Record<string, string>, body = '') =>
  requestText(`POST ${path}`, { 'Content-Type': 'application/json', ...headers }, body);
const get = requestText('GET /things');

/** Waits until something is so; a test that waits in vain fails by its own time limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

const nothingEscaped = ({ escaped, handled }: TinyServer) => {
  expect(escaped).toEqual([]);
  expect(handled).toEqual([]);
};

describe('a client that does not send its body', () => {
  test('gets a 408 once it has been silent for too long, and is cut off', async () => {
    await using api = await serve(things, impatient);
    using client = await wire(api.port);
    client.send(post('/things', { 'Content-Length': '10' }, '{"a"'));
    expect(await client.closed()).toMatch(
      /^HTTP\/1\.1 408 [^]*Connection: close[^]*"code":"request_timeout"/,
    );
    nothingEscaped(api);
  });

  test('gets a 408 for its silence alone, however much it sent before', async () => {
    await using api = await serve(things, { ...options, bodyPace: { idleMs: 100, minBytesPerSecond: 0 } });
    using client = await wire(api.port);
    client.send(post('/things', { 'Content-Length': '10' }, '{"a"'));
    await client.receive(/^HTTP\/1\.1 408 /);
  });

  test('gets a 408 also when it never begins', async () => {
    await using api = await serve(things, impatient);
    using client = await wire(api.port);
    client.send(post('/things', { 'Transfer-Encoding': 'chunked' }));
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('gets a 408 when it sends a byte now and then', async () => {
    await using api = await serve(things, impatient);
    using client = await wire(api.port);
    client.send(post('/things', { 'Content-Length': '1000' }));
    const answer = client.receive(/^HTTP\/1\.1 408 /);
    const dribble = setInterval(() => client.send(' '), 20);
    await answer.finally(() => clearInterval(dribble));
    nothingEscaped(api);
  });

  test('but has all the time it needs while it goes on at a fair pace', async () => {
    await using api = await serve(things, { ...options, bodyPace: { idleMs: 400, minBytesPerSecond: 1 } });
    using client = await wire(api.port);
    client.send(post('/things', { 'Content-Length': '14' }));
    for (const part of ['{"', 'a"', ':1', '  ', '  ', '  ', ' }']) {
      client.send(part);
      await sleep(100);
    }
    await client.receive(/^HTTP\/1\.1 200 /);
    expect(api.handled).toEqual(['addThing']);
  });

  test('and leaves in the middle, leaves nothing behind', async () => {
    await using api = await serve(things, options);
    const client = await wire(api.port);
    client.send(post('/things', { 'Content-Length': '10' }, '{"a"'));
    await sleep(50);
    client.abort();
    await until(() => api.problems.length > 0);
    expect(api.problems).toMatchObject([
      { status: 400, message: 'The body ended before its announced length.' },
    ]);
    nothingEscaped(api);
  });

  test('and leaves while it is being authenticated, is not waited for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const authenticate = async () => {
      await promise;
      return { kind: 'accepted', principal: 'ada', scopes: [] } as const;
    };
    await using api = await serve(things, {
      authenticators: { bearer: { challenge: 'Bearer', authenticate } },
      bodyPace: { idleMs: 60_000, minBytesPerSecond: 0 },
    });
    const client = await wire(api.port);
    client.send(post('/secrets', { 'Content-Length': '10' }, '{"a"'));
    await sleep(50);
    client.abort();
    await sleep(50);
    resolve();
    await until(() => api.problems.length > 0);
    expect(api.problems).toMatchObject([{ status: 400 }]);
    nothingEscaped(api);
  });
});

describe('a body that is refused', () => {
  const refused: [what: string, text: string, status: number][] = [
    ['for its size', post('/things', { 'Content-Length': '99999999' }), 413],
    ['for its media type', post('/things', { 'Content-Length': '99999', 'Content-Type': 'text/plain' }), 415],
    ['for its sender', post('/secrets', { 'Content-Length': '99999' }), 401],
    ['for its address', post('/nothing', { 'Transfer-Encoding': 'chunked' }), 404],
    ['for its method', requestText('PUT /things', { 'Content-Length': '99999' }), 405],
  ];

  test.each(refused)(
    '%s is answered before it comes, and the connection closes',
    async (_why, text, status) => {
      await using api = await serve(things, options);
      using client = await wire(api.port);
      client.send(text);
      const answer = await client.receive(/\}$/);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toMatch(/Connection: close/);
      expect(await client.closed()).toBe(answer);
      nothingEscaped(api);
    },
  );

  test('is answered although its sender reads only once it has sent everything', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    const megabyte = Buffer.alloc(1024 * 1024, '0');
    client.send(post('/things', { 'Content-Length': String(16 * megabyte.length) }));
    for (let count = 0; count < 16; count += 1) client.send(megabyte);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 [^]*"code":"content_too_large"/);
  });

  test('is not waited for, however long its sender goes on', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(post('/secrets', { 'Transfer-Encoding': 'chunked' }));
    const endless = setInterval(() => client.send('1\r\n0\r\n'), 20);
    const answer = await client.closed().finally(() => clearInterval(endless));
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('and is short is waited for, but not for long', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(post('/secrets', { 'Content-Length': '9' }));
    const answer = await client.receive(/\}$/);
    client.send('123456789' + get);
    await client.receive(/HTTP\/1\.1 200 /);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    client.send(post('/secrets', { 'Content-Length': '9' }));
    await client.closed();
  });

  test('and has come already leaves the connection open for the next request', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(post('/secrets', { 'Content-Length': '2' }, '{}'));
    expect(await client.receive(/\}$/)).toMatch(/^HTTP\/1\.1 401 /);
    client.send(post('/things', { 'Content-Length': '2', 'Content-Type': 'text/plain' }, '{}'));
    await client.receive(/HTTP\/1\.1 415 /);
    client.send(post('/things', { 'Content-Length': '1' }, '{'));
    await client.receive(/HTTP\/1\.1 400 /);
    client.send(post('/things', { 'Content-Length': '2' }, '[]'));
    await client.receive(/HTTP\/1\.1 422 /);
    client.send(get);
    expect(await client.receive(/HTTP\/1\.1 200 /)).not.toMatch(/Connection: close/);
    expect(api.handled).toEqual(['getThings']);
  });
});

test('a connection goes on after a bomb that was not unpacked to its end', async () => {
  await using api = await serve(things, options);
  using client = await wire(api.port);
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, '0'), { level: 9 });
  client.send(post('/things', { 'Content-Encoding': 'gzip', 'Content-Length': String(bomb.length) }));
  client.send(bomb.subarray(0, -10));
  await client.receive(/^HTTP\/1\.1 413 /);
  client.send(bomb.subarray(-10));
  await sleep(300); // Longer than it would be waited for.
  client.send(get);
  await client.receive(/HTTP\/1\.1 200 /);
});

describe('a body that the operation does not take', () => {
  test('is skipped when it has come, and the next request is answered', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(requestText('GET /things', { 'Content-Length': '5' }, 'hello') + get);
    await client.receive(/HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 /);
    expect(api.handled).toEqual(['getThings', 'getThings']);
  });

  test('is not waited for', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(requestText('GET /things', { 'Content-Length': '5' }, 'he'));
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 200 /);
    expect(api.handled).toEqual(['getThings']);
  });
});

describe('Expect: 100-continue', () => {
  const expecting = { Expect: '100-continue', 'Content-Length': '2' };

  test('is met for a body that is wanted', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(post('/things', expecting));
    await client.receive(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    client.send('{}');
    await client.receive(/HTTP\/1\.1 200 /);
    expect(api.handled).toEqual(['addThing']);
  });

  test('does not make a refused body wanted: it is answered without it', async () => {
    await using api = await serve(things, options);
    using client = await wire(api.port);
    client.send(post('/secrets', expecting));
    expect(await client.closed()).toMatch(/HTTP\/1\.1 401 /);
    nothingEscaped(api);
  });
});

test('a client may leave while its refused body is being skipped', async () => {
  await using api = await serve(things, options);
  for (const length of ['9', '99999999']) {
    const client = await wire(api.port);
    client.send(post('/secrets', { 'Content-Length': length }, '{'));
    await client.receive(/^HTTP\/1\.1 401 [^]*\}$/);
    client.abort();
  }
  await sleep(300);
  await api.http.get('/things').expect(200);
  expect(api.escaped).toEqual([]);
});

test('a connection that is used again and again gathers no listeners', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on('warning', warn);
  await using api = await serve(things, options);
  using client = await wire(api.port);
  for (let count = 1000; count < 1030; count += 1) {
    client.send(post('/secrets', { 'Content-Length': '2' }, '{}'));
    client.send(post('/things', { 'Content-Length': '10' }, `{"n":${count}}`));
    await client.receive(new RegExp(`"n":${count}`));
  }
  await sleep(10);
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});

test('two requests in one packet are both answered, in their order', async () => {
  await using api = await serve(things, options);
  using client = await wire(api.port);
  client.send(
    post('/things', { 'Content-Length': '7' }, '{"n":1}') +
      post('/things', { 'Content-Length': '7' }, '{"n":2}'),
  );
  expect(await client.receive(/"n":2/)).toMatch(/"n":1[^]*"n":2/);
});
