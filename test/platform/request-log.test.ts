import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { stampReplies } from '#platform/reply-stamp.ts';
import { requestIdOf, requestLog, traceHeaders } from '#platform/request-log.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** An app with the request log in front of `handler`; lines arrive when replies have ended. */
async function serve(handler: RequestHandler, { level = 'debug', trustProxy = 0 } = {}) {
  const lines: Record<string, unknown>[] = [];
  const waiting: (() => void)[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line));
    waiting.shift()?.();
  };
  const metrics = createMetrics();
  const app = express().set('trust proxy', trustProxy);
  stampReplies(app, traceHeaders);
  app.use(requestLog({ log: createLogger({ level, destination: { write } }), metrics }), handler);
  const server = createHttpServer(app);
  const { url, port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const nextLine = async () => {
    if (lines.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return lines.shift() ?? {};
  };
  const close = async () => {
    metrics.close();
    await drain(server, { graceMs: 0 });
  };
  return { url, port, lines, nextLine, metrics, close };
}

type Served = Awaited<ReturnType<typeof serve>>;

let served: Served | undefined;
async function start(...args: Parameters<typeof serve>): Promise<Served> {
  served = await serve(...args);
  return served;
}
afterEach(() => served?.close());

const answerOk: RequestHandler = (_req, res) => void res.json({ ok: true });

describe('the request id', () => {
  test.each(['a', 'trace-1.2_3', 'A'.repeat(128)])('%s is taken over', async (id) => {
    const { url, nextLine } = await start(answerOk);
    const reply = await fetch(url, { headers: { 'X-Request-ID': id } });
    expect(reply.headers.get('x-request-id')).toBe(id);
    expect(await nextLine()).toMatchObject({ request_id: id });
  });

  test.each([
    ['is missing', []],
    ['is empty', ['']],
    ['is too long', ['A'.repeat(129)]],
    ['has a blank', ['a b']],
    ['has a character for markup', ['<script>']],
    ['is not ASCII', ['caf\u00e9']],
    ['stands there twice', ['one', 'two']],
  ])('is a new one when the given one %s', async (_title, ids) => {
    const { port, nextLine } = await start(answerOk);
    const reply = await get(port, '/', { 'X-Request-ID': ids });
    const id = reply.headers['x-request-id'];
    expect(id).toMatch(uuid);
    expect(await nextLine()).toMatchObject({ request_id: id });
  });

  test('is there for the handler', async () => {
    const { url } = await start((req, res) => void res.send(requestIdOf(req)));
    const reply = await fetch(url, { headers: { 'X-Request-ID': 'mine' } });
    expect(await reply.text()).toBe('mine');
  });
});

describe('the time', () => {
  test.each<[string, RequestHandler]>([
    ['headers that are implied', (_req, res) => void res.end('x')],
    [
      'headers written at once',
      (_req, res) => void res.writeHead(201, { 'Content-Type': 'text/plain' }).end('x'),
    ],
    ['headers written as a list', (_req, res) => void res.writeHead(200, 'Fine', ['X-Own', 'yes']).end()],
    ['headers flushed early', (_req, res) => (res.flushHeaders(), void res.end('x'))],
    ['no body', (_req, res) => void res.status(204).end()],
  ])('stands in a reply with %s', async (_title, handler) => {
    const { url, nextLine } = await start(handler);
    const { headers } = await fetch(url);
    const ms = headers.get('x-process-time');
    expect(ms).toMatch(/^\d+\.\d{3}$/);
    expect(headers.get('server-timing')).toBe(`app;dur=${ms}`);
    expect(headers.get('x-request-id')).toMatch(uuid);
    const { process_time_ms } = await nextLine();
    expect(process_time_ms).toBeGreaterThanOrEqual(Number(ms));
  });
});

describe('the line', () => {
  test('tells who asked for what, and how it ended', async () => {
    const { url, nextLine } = await start((_req, res) => {
      res.locals.operation_id = 'createItem';
      res.locals.user_id = 7;
      res.status(201).end();
    });
    await fetch(`${url}/api/v1/items?token=hidden`, { method: 'POST', headers: { 'X-Request-ID': 'r1' } });
    expect(await nextLine()).toEqual({
      level: 'info',
      time: expect.any(String),
      request_id: 'r1',
      method: 'POST',
      path: '/api/v1/items',
      status: 201,
      process_time_ms: expect.any(Number),
      client_ip: '127.0.0.1',
      operation_id: 'createItem',
      user_id: 7,
      msg: 'request completed',
    });
  });

  test.each([
    ['/', 200, 'info'],
    ['/', 404, 'info'],
    ['/', 429, 'warn'],
    ['/', 500, 'error'],
    ['/', 503, 'error'],
    ['/livez', 200, 'debug'],
    ['/readyz', 200, 'debug'],
    ['/readyz', 503, 'error'],
    ['/metrics', 200, 'debug'],
    ['/metrics/other', 200, 'info'],
  ])('of %s with status %i has level %s', async (path, status, level) => {
    const { url, nextLine } = await start((_req, res) => void res.status(status).end());
    await fetch(url + path);
    expect(await nextLine()).toMatchObject({ path, status, level });
  });

  test('is not written below the level of the log', async () => {
    const { url, nextLine, lines } = await start(
      (req, res) => void res.status(Number(req.query['s'])).end(),
      {
        level: 'error',
      },
    );
    await fetch(`${url}/?s=200`);
    await fetch(`${url}/?s=500`);
    expect(await nextLine()).toMatchObject({ status: 500 });
    expect(lines).toEqual([]);
  });

  test('has the error behind a 500, without the data of people', async () => {
    const { url, nextLine } = await start((_req, res) => {
      res.err = Object.assign(new Error('duplicate key'), {
        code: '23505',
        detail: 'Key (email)=(ada@example.com)',
      });
      res.status(500).end();
    });
    await fetch(url);
    const line = await nextLine();
    expect(line).toMatchObject({ msg: 'request failed', err: { message: 'duplicate key', code: '23505' } });
    expect(JSON.stringify(line)).not.toContain('ada@example.com');
  });

  test('has no error that nobody reported', async () => {
    const { url, nextLine } = await start((_req, res) => void res.status(500).end());
    await fetch(url);
    expect(await nextLine()).not.toHaveProperty('err');
  });

  test('never has headers, bodies or query strings', async () => {
    const { url, nextLine } = await start((_req, res) => {
      res.setHeader('Set-Cookie', 'session=canary');
      res.json({ secret: 'canary' });
    });
    const headers = { Authorization: 'Bearer canary', Cookie: 'a=canary', 'User-Agent': 'canary' };
    await fetch(`${url}/path?canary=canary`, { method: 'POST', headers, body: 'canary' });
    expect(JSON.stringify(await nextLine())).not.toContain('canary');
  });

  test('shortens a path that nobody would read', async () => {
    const { url, nextLine } = await start(answerOk);
    await fetch(`${url}/${'a'.repeat(5000)}`);
    expect(String((await nextLine())['path'])).toHaveLength(500);
  });

  test.each([
    [0, '127.0.0.1'],
    [1, '203.0.113.9'],
  ])('believes %i proxies about the address of the client', async (trustProxy, client_ip) => {
    const { url, nextLine } = await start(answerOk, { trustProxy });
    await fetch(url, { headers: { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' } });
    expect(await nextLine()).toMatchObject({ client_ip });
  });
});

describe('a client that leaves', () => {
  test('before the reply is logged as 499, with its address', async () => {
    const arrived = Promise.withResolvers<void>();
    const { port, nextLine, metrics } = await start(() => arrived.resolve());
    const sent = request({ port, host: '127.0.0.1', path: '/slow' }).on('error', () => {});
    sent.end();
    await arrived.promise;
    sent.destroy();
    expect(await nextLine()).toMatchObject({
      status: 499,
      level: 'info',
      msg: 'request aborted',
      client_ip: '127.0.0.1',
    });
    expect(await metrics.text()).toContain('http_requests_in_flight 0');
  });

  test('in the middle of the reply is logged as 499', async () => {
    const { port, nextLine } = await start((_req, res) => {
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('some');
    });
    const sent = request({ port, host: '127.0.0.1' }).on('error', () => {});
    sent.end();
    const [reply] = await once(sent, 'response');
    reply.on('error', () => {});
    sent.destroy();
    expect(await nextLine()).toMatchObject({ status: 499 });
  });
});

test('the metrics count by method, operation and status, not by path', async () => {
  const { url, nextLine, metrics } = await start((req, res) => {
    if (req.path === '/known') res.locals.operation_id = 'getItem';
    res.end();
  });
  for (const path of ['/known', '/known', '/some', '/other']) {
    await fetch(url + path);
    await nextLine();
  }
  const text = await metrics.text();
  expect(text).toContain(
    'http_request_duration_seconds_count{method="GET",operation="getItem",status="200"} 2',
  );
  expect(text).toContain('http_request_duration_seconds_count{method="GET",operation="none",status="200"} 2');
  expect(text).not.toContain('/known');
  expect(text).toContain('http_requests_in_flight 0');
});

/** A request with the headers exactly as given, repeated ones too. */
async function get(port: number, path: string, headers: Record<string, string[]>) {
  const sent = request({ port, host: '127.0.0.1', path });
  for (const [name, values] of Object.entries(headers)) if (values.length > 0) sent.setHeader(name, values);
  sent.end();
  const [reply] = await once(sent, 'response');
  reply.resume();
  return reply;
}
