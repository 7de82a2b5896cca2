/** getExternalData: what several servers of somebody else say, however badly some of them behave. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { RequestListener } from 'node:http';
import { Registry } from 'prom-client';
import request from 'supertest';
import type { Platform } from '#app';
import type { OutboundOptions } from '#platform/outbound/outbound.ts';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { startApp, testSecret, useApp } from './support/app.ts';
import type { RunningApp } from './support/app.ts';
import { createTestDatabase } from './support/database.ts';
import { people } from './support/people.ts';
import { endPrograms, launch } from './support/program.ts';
import { outboundTo } from './support/sources.ts';
import { sendJson, startUpstream } from './support/upstream.ts';
import { visitor } from './support/visitor.ts';

const app = useApp();

type Sources = Readonly<Record<string, RequestListener>>;

/** An application that asks these, by host; no two of them know of each other. */
function startWith(sources: Sources, options: Partial<OutboundOptions> = {}): Promise<RunningApp> {
  return startApp(asking(sources, options));
}

function asking(sources: Sources, options: Partial<OutboundOptions> = {}) {
  const named = Object.keys(sources).map((name) => ({ name, url: `http://${name}/` }));
  const answer: RequestListener = (asked, response) => sources[asked.headers.host ?? '']?.(asked, response);
  return ({ config, clock, log }: Platform) => ({
    config: { ...config, external: { sources: named } },
    outbound: outboundTo(answer, { clock, log, registry: new Registry(), ...options }),
  });
}

const gives =
  (data: unknown): RequestListener =>
  (_request, response) =>
    sendJson(response, data);
const answers =
  (status: number, headers = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end();
const silent: RequestListener = () => undefined;
const absent: RequestListener = ({ socket }) => socket.destroy();

describe('data of others', () => {
  test('comes from every source, in the order of the settings', async () => {
    const { ada } = await people(app);
    const { status, body } = await ada.get('/external-data');
    expect(status).toBe(200);
    expect(body.sources).toEqual([
      {
        source: 'rates.example.com/latest',
        outcome: 'received',
        data: { base: 'EUR', rates: { GBP: 0.86, USD: 1.08 } },
      },
      {
        source: 'weather.example.org/v1/london',
        outcome: 'received',
        data: { city: 'London', sky: 'overcast', temperature: 7.5 },
      },
    ]);
  });

  test('is for people who are signed in', async () => {
    let asked = 0;
    await using closed = await startWith({ 'a.test': () => (asked += 1) });
    expect(await visitor(closed).get('/external-data')).toBeProblem(401, 'unauthorized');
    expect(asked).toBe(0);
  });

  test('is limited by user, and nobody else is asked beyond the limit', async () => {
    const limited = ({ clock }: Platform) => ({ limiter: createMemoryLimiter({ clock }) });
    await using strict = await startApp(limited);
    const { ada, bob } = await people(strict);
    for (let count = 0; count < 60; count += 1) expect((await ada.get('/external-data')).status).toBe(200);
    expect(await ada.get('/external-data')).toBeProblem(429, 'rate_limited');
    expect((await bob.get('/external-data')).status).toBe(200);
  });
});

describe('the data of a source', () => {
  let data: unknown;
  const talkative = useApp(asking({ 'a.test': (asked, response) => gives(data)(asked, response) }));

  test.each([
    ['a text', 'lamp'],
    ['nothing', null],
    ['a list of lists', [[1], [], [{ a: null }]]],
    ['an empty object', {}],
    ['names of every kind', JSON.parse('{"__proto__":{"a":1},"constructor":1,"":2,"ключ":"\\ud83d\\ude00"}')],
    ['half a character', '\ud800'],
  ])('may be %s', async (_title, given) => {
    data = given;
    const { ada } = await people(talkative);
    const { text } = await ada.get('/external-data');
    expect(text).toBe(JSON.stringify({ sources: [{ source: 'a.test', outcome: 'received', data }] }));
  });
});

describe('sources that fail', () => {
  test('take nothing from those that do not', async () => {
    await using mixed = await startWith(
      {
        'well.test': gives({ a: 1 }),
        'lost.test': answers(404),
        'html.test': (_request, response) => void response.writeHead(200).end('<html>'),
        'silent.test': silent,
        'inner.test': answers(302, { Location: 'http://127.0.0.1:1/' }),
      },
      { timeoutMs: 1_000 },
    );
    const { ada } = await people(mixed);
    const { status, body } = await ada.get('/external-data');
    expect(status).toBe(200);
    expect(body.sources).toEqual([
      { source: 'well.test', outcome: 'received', data: { a: 1 } },
      { source: 'lost.test', outcome: 'failed', data: null },
      { source: 'html.test', outcome: 'failed', data: null },
      { source: 'silent.test', outcome: 'timed_out', data: null },
      { source: 'inner.test', outcome: 'failed', data: null },
    ]);
  });

  test.each([
    ['answer wrongly', 502, 'upstream_failed', { 'a.test': answers(404), 'b.test': silent }],
    ['break off', 502, 'upstream_failed', { 'a.test': absent }],
    ['are silent', 504, 'upstream_timeout', { 'a.test': silent, 'b.test': silent }],
  ] as const)('and %s altogether are a %d', async (_how, status, code, sources) => {
    await using helpless = await startWith(sources, { timeoutMs: 800 });
    const { ada } = await people(helpless);
    expect(await ada.get('/external-data')).toBeProblem(status, code);
  });

  test('are left alone after five times in a row, and asked again after ten seconds', async () => {
    let asked = 0;
    let isWell = false;
    const moody: RequestListener = (wanted, response) => {
      asked += 1;
      (isWell ? gives('well') : answers(500, { 'Retry-After': '60' }))(wanted, response);
    };
    await using flaky = await startWith({ 'moody.test': moody });
    const { ada } = await people(flaky);
    for (let times = 0; times < 5; times += 1)
      expect(await ada.get('/external-data')).toBeProblem(502, 'upstream_failed');
    flaky.clock.advance(3);
    const refused = await ada.get('/external-data');
    expect(refused).toBeProblem(503, 'upstream_unavailable');
    expect(refused.headers['retry-after']).toBe('7');
    expect(asked).toBe(5);

    isWell = true;
    flaky.clock.advance(7);
    expect((await ada.get('/external-data')).body.sources).toEqual([
      { source: 'moody.test', outcome: 'received', data: 'well' },
    ]);
  });

  test('and are left alone take nothing from the others either', async () => {
    const broken = answers(500, { 'Retry-After': '60' });
    await using half = await startWith({ 'well.test': gives(1), 'broken.test': broken });
    const { ada } = await people(half);
    for (let times = 0; times < 5; times += 1) await ada.get('/external-data');
    const { status, body } = await ada.get('/external-data');
    const outcomes = body.sources.map(({ outcome }: { outcome: string }) => outcome);
    expect([status, outcomes]).toEqual([200, ['received', 'unavailable']]);
  });

  test('tell clients nothing of themselves, and the log nothing that is secret', async () => {
    const leaky: RequestListener = (_request, response) => {
      response.writeHead(503, { 'X-Secret': 'hunter2', 'Set-Cookie': 'a=hunter2', 'Retry-After': '60' });
      response.end('{"error":"hunter2"}');
    };
    const source = { name: 'leaky.test/a', url: 'http://ada:hunter2@leaky.test/a?key=hunter2' };
    await using leaking = await startApp(({ config, clock, log }) => ({
      config: { ...config, external: { sources: [source] } },
      outbound: outboundTo(leaky, { clock, log, registry: new Registry() }),
    }));
    const { ada } = await people(leaking);
    const reply = await ada.get('/external-data');
    expect(reply).toBeProblem(502, 'upstream_failed');
    expect(JSON.stringify([reply.headers, reply.text])).not.toMatch(/hunter2|leaky/);
    const lines = leaking.logged.filter(({ level }) => level === 'warn' || level === 'error');
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    // Enough for whoever has to find out: by the source, and by the request.
    expect(lines).toEqual([
      expect.objectContaining({ target: source.name, msg: 'a call failed' }),
      expect.objectContaining({ request_id: reply.headers['x-request-id'], status: 502 }),
    ]);
    expect(JSON.stringify(lines[1])).toContain('it answers with status 503');
  });

  test('are counted at /metrics', async () => {
    const { ada } = await people(app);
    await ada.get('/external-data');
    const { text } = await request(app.url).get('/metrics');
    const counted = 'outbound_request_duration_seconds_count{target="rates.example.com/latest"';
    expect(text).toContain(`${counted},outcome="received"}`);
  });
});

describe('many sources', () => {
  const eight = Array.from({ length: 8 }, (_, index) => `s${index}.test`);
  const all = (listener: RequestListener) => Object.fromEntries(eight.map((name) => [name, listener]));

  test('are asked four at a time, and told in their order', async () => {
    let running = 0;
    let most = 0;
    await using busy = await startWith(
      all((asked, response) => {
        running += 1;
        most = Math.max(most, running);
        const isFirst = asked.headers.host === 's0.test';
        setTimeout(() => {
          running -= 1;
          sendJson(response, asked.headers.host);
        }, isFirst ? 120 : 30); // prettier-ignore
      }),
    );
    const { ada } = await people(busy);
    const { body } = await ada.get('/external-data');
    expect(body.sources.map(({ data }: { data: unknown }) => data)).toEqual(eight);
    expect(most).toBe(4);
  });

  test('share the time there is: the last are asked even if the first say nothing', async () => {
    const sources = { ...all(silent), 's7.test': gives('last') };
    await using slow = await startWith(sources, { timeoutMs: 2_000 });
    const { ada } = await people(slow);
    const startedAt = performance.now();
    const { body } = await ada.get('/external-data');
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    expect(body.sources.at(-1)).toEqual({ source: 's7.test', outcome: 'received', data: 'last' });
    expect(body.sources[0]).toEqual({ source: 's0.test', outcome: 'timed_out', data: null });
  });
});

test('nobody is asked on for a client that has left', async () => {
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  await using slow = await startWith({
    'slow.test': (_asked, response) => {
      response.on('close', () => left.resolve());
      arrived.resolve();
    },
  });
  const { ada } = await people(slow);
  const headers = { Authorization: `Bearer ${ada.accessToken}` };
  const call = httpRequest(`${slow.url}/api/v1/external-data`, { headers }).end();
  call.on('error', () => undefined);
  await arrived.promise;
  call.destroy();
  await left.promise;
  const lines = slow.logged.filter(({ path }) => path === '/api/v1/external-data');
  expect(lines).toMatchObject([{ status: 499, level: 'info' }]);
});

describe('the program', () => {
  afterAll(endPrograms);

  test('calls what its settings name, and holds no connection when it ends', async () => {
    await using upstream = await startUpstream(gives({ a: 1 }));
    const database = await createTestDatabase();
    const settings = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      SECRET_KEY: testSecret,
      DATABASE_URL: database.url,
      FIRST_SUPERUSER: 'grace@example.com',
      FIRST_SUPERUSER_PASSWORD: 'Correct-Horse-1',
      EXTERNAL_DATA_URLS: `${upstream.url}/a?key=1`,
      OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1',
    };
    const program = launch(['serve'], settings);
    const api = `${await program.url()}/api/v1`;
    const login = { email: settings.FIRST_SUPERUSER, password: settings.FIRST_SUPERUSER_PASSWORD };
    const { body } = await request(api).post('/auth/login').send(login);
    const reply = await request(api).get('/external-data').auth(body.access_token, { type: 'bearer' });
    expect(reply.body).toEqual({
      sources: [{ source: `127.0.0.1:${upstream.port}/a`, outcome: 'received', data: { a: 1 } }],
    });
    const [socket] = upstream.sockets;
    const closed = socket && once(socket, 'close');
    program.kill('SIGTERM');
    const { code, stdout } = await program.ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('"part":"outbound","msg":"closed"')]);
    await closed;
    await database.drop();
  });

  test('does not start with a source that it could never call', async () => {
    const program = launch(['serve'], {
      EXTERNAL_DATA_URLS: 'http://ada:hunter2@169.254.169.254/latest?key=hunter2,nowhere',
    });
    const { code, stderr } = await program.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('EXTERNAL_DATA_URLS has no valid URL in place 2');
    expect(stderr).not.toContain('hunter2');
  });
});
