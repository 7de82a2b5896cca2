import { describe, expect, test } from '@jest/globals';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, conflict, notFound, serviceUnavailable } from '#contract';
import { anyProblem, createTiny, json, operation, serve } from './support.ts';
import { ask, requestText, wire } from './wire.ts';
import type { ResponseObject } from '#contract/document.ts';
import type { TestHandler, TinyOptions } from './support.ts';

/** Serves GET /things/{id} with a handler that fails. */
function failing(
  handler: TestHandler,
  { failures = {}, ...options }: TinyOptions & { failures?: Record<string, ResponseObject> } = {},
) {
  const responses = {
    200: json(true),
    ...(Object.keys(failures).length > 0 ? failures : { default: anyProblem }),
  };
  const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] as const;
  return serve(
    { paths: { '/things/{id}': { get: operation('getThing', { parameters, responses }) } } },
    { ...options, handlers: { getThing: handler } },
  );
}

/** A handler that throws this. */
const throwing = (error: unknown): TestHandler => {
  return () => {
    throw error;
  };
};

test('a problem has the shape of RFC 9457, and the request in it', async () => {
  await using api = await failing(throwing(notFound('Thing', 7)));
  const reply = await api.http.get('/things/a%2Fb?').expect(404);
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(reply.headers['cache-control']).toBe('no-store');
  expect(reply.body).toEqual({
    type: '/problems/not_found',
    title: 'Not found',
    status: 404,
    detail: 'Thing 7 not found',
    instance: '/things/a%2Fb',
    code: 'not_found',
    request_id: 'request-1',
  });
});

test('the host that a client wrote into its request never shows', async () => {
  await using api = await failing(throwing(notFound('Thing', 7)));
  const { text } = await ask(api.port, { path: 'http://elsewhere.example/things/7' });
  expect(JSON.parse(text).instance).toBe('/things/7');
});

test('the query never shows: it may hold secrets', async () => {
  await using api = await failing(throwing(notFound('Thing', 7)));
  const reply = await api.http.get('/things/7?token=secret').expect(422);
  expect(reply.body.instance).toBe('/things/7');
  expect(reply.text).not.toMatch(/secret/);
});

test('the headers of a problem are kept, but for those that HTTP cannot carry', async () => {
  const headers = { 'Retry-After': '7', 'X-Broken': 'a\r\nSet-Cookie: b' };
  const problem = new Problem({ status: 503, code: 'down', title: 'Down', detail: 'Down.', headers });
  await using api = await failing(throwing(problem));
  const reply = await api.http.get('/things/7').expect(503);
  expect(reply.headers['retry-after']).toBe('7');
  for (const name of ['x-broken', 'set-cookie']) expect(reply.headers).not.toHaveProperty(name);
});

describe('of an error that nobody foresaw, a client learns nothing:', () => {
  const secret = 'postgres://root:hunter2@db';
  const errors: [what: string, error: unknown][] = [
    ['an Error', new Error(secret)],
    ['a TypeError with a cause', new TypeError(secret, { cause: new Error(secret) })],
    ['an AggregateError', new AggregateError([new Error(secret)], secret)],
    ['a text', secret],
    ['undefined', undefined],
    ['null', null],
    ['a number', 404],
    ['an object that looks like a problem', { status: 404, code: 'x', title: secret, message: secret }],
    ['a problem of no failure', new Problem({ status: 200, code: 'x', title: secret, detail: secret })],
    ['a problem of no status', new Problem({ status: NaN, code: 'x', title: secret, detail: secret })],
    ['an object without a prototype', Object.create(null)],
  ];

  test.each(errors)('%s', async (_what, error) => {
    await using api = await failing(throwing(error), { breaches: 'report' });
    const reply = await api.http.get('/things/7').expect(500);
    expect(reply.body).toMatchObject({ code: 'internal_error', detail: 'Something went wrong on our side.' });
    expect(reply.text + JSON.stringify(reply.headers)).not.toMatch(/hunter2|at .*\.ts/);
    expect(api.problems).toMatchObject([{ status: 500 }]);
    expect(api.problems[0]?.cause).toBe(error);
    expect(api.escaped).toEqual([]);
  });

  test('a rejected promise', async () => {
    await using api = await failing(async () => Promise.reject(new Error(secret)));
    await api.http.get('/things/7').expect(500);
  });

  test('a value that has no JSON', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const value of [circle, 1n, { a: 1n }]) {
      await using api = await failing((_, reply) => reply(200, value));
      const { text } = await api.http.get('/things/7').expect(500);
      expect(text).not.toMatch(/circular|BigInt/i);
    }
  });
});

describe('errors of libraries', () => {
  class UniqueViolation extends Error {}
  const toProblem = (error: unknown) =>
    error instanceof UniqueViolation ? conflict('taken', 'That is taken.', error) : undefined;

  test('become what toProblem makes of them', async () => {
    await using api = await failing(throwing(new UniqueViolation()), { toProblem });
    const { body } = await api.http.get('/things/7').expect(409);
    expect(body).toMatchObject({ code: 'taken', detail: 'That is taken.' });
  });

  test('that it does not know are internal', async () => {
    await using api = await failing(throwing(new Error()), { toProblem });
    await api.http.get('/things/7').expect(500);
  });

  test('are internal when it fails itself', async () => {
    const broken = () => {
      throw new Error('hunter2');
    };
    await using api = await failing(throwing(new Error()), { toProblem: broken });
    const { text } = await api.http.get('/things/7').expect(500);
    expect(text).not.toMatch(/hunter2/);
    expect(api.escaped).toEqual([]);
  });
});

describe('a failure that the operation does not document', () => {
  const header = { required: true, schema: { type: 'integer' } };
  const undocumented: [what: string, failures: Record<string, ResponseObject>, detail: string][] = [
    ['as a status', { 404: anyProblem }, 'the contract does not document this status (down)'],
    ['as a problem', { 503: json({}) }, 'the contract does not document it as application/problem+json'],
    ['as a body', { 503: {} }, 'the contract does not document it as application/problem+json'],
    [
      'with all its headers',
      { 503: { ...anyProblem, headers: { 'X-Queue': header } } },
      'lacks the required header X-Queue (down)',
    ],
    [
      'with this code',
      {
        503: {
          content: { 'application/problem+json': { schema: { properties: { code: { enum: ['busy'] } } } } },
        },
      },
      '/code must be equal to one of the allowed values',
    ],
  ];
  const down = () => throwing(serviceUnavailable('down', 'Down for now.'));

  test.each(undocumented)('%s is a 500 in tests and development', async (_how, failures, detail) => {
    await using api = await failing(down(), { failures });
    await api.http.get('/things/7').expect(500);
    expect(api.breaches).toEqual([{ operation: 'getThing', status: 503, detail }]);
    expect(api.problems).toMatchObject([{ status: 500, cause: { status: 503 } }]);
  });

  test.each(undocumented)('%s is told and sent in production', async (_how, failures, detail) => {
    await using api = await failing(down(), { failures, breaches: 'report' });
    const { body } = await api.http.get('/things/7').expect(503);
    expect(body.code).toBe('down');
    expect(api.breaches).toEqual([{ operation: 'getThing', status: 503, detail }]);
  });
});

describe('a listener that fails itself', () => {
  test('in onBreach makes a plain 500', async () => {
    const onBreach = () => {
      throw new Error('hunter2');
    };
    await using api = await failing((_, reply) => reply(201, {}), {
      onBreach,
      failures: { 500: anyProblem },
    });
    const { text } = await api.http.get('/things/7').expect(500);
    expect(text).not.toMatch(/hunter2/);
    expect(api.escaped).toEqual([]);
  });
});

test('a handler may fail after its client has gone', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using api = await failing(async () => {
    await promise;
    throw new Error('too late');
  });
  const client = await wire(api.port);
  client.send(requestText('GET /things/7'));
  while (api.handled.length === 0) await sleep(5);
  client.abort();
  await sleep(50);
  resolve();
  while (api.problems.length === 0) await sleep(5);
  expect(api.escaped).toEqual([]);
  await api.http.get('/things/7').expect(500);
});

test('a body whose stream closes without an end is a 400', async () => {
  const contract = await createTiny({
    paths: { '/things': { post: operation('addThing', { requestBody: json({}) }) } },
  });
  const headers = { 'content-type': 'application/json', 'content-length': '2' };
  for (const close of [
    (stream: PassThrough) => stream.destroy(),
    (stream: PassThrough) => stream.destroy(new Error('reset')),
  ]) {
    const stream = new PassThrough();
    const reply = contract.handle({
      method: 'POST',
      path: '/things',
      queryString: '',
      headers,
      stream,
      id: 'r',
      ip: '',
    });
    setTimeout(() => close(stream), 10);
    expect(await reply).toMatchObject({ status: 400, problem: { code: 'bad_request' } });
  }
});

test('a body that something else has read before is a 500, not a wait', async () => {
  const contract = await createTiny({
    paths: { '/things': { post: operation('addThing', { requestBody: json({}) }) } },
  });
  const headers = { 'content-type': 'application/json', 'content-length': '2' };
  const stream = Readable.from([Buffer.from('{}')]);
  await stream.toArray();
  const reply = await contract.handle({
    method: 'POST',
    path: '/things',
    queryString: '',
    headers,
    stream,
    id: 'r',
    ip: '',
  });
  expect(reply.problem?.cause).toMatchObject({ message: expect.stringMatching(/has read the body/) });
});

test('a contract answers without a server, and never throws', async () => {
  const contract = await createTiny({ paths: { '/things': { get: operation('getThings') } } });
  const request = { queryString: '', headers: {}, id: 'r', ip: '', stream: process.stdin };
  const get = (path: string) => contract.handle({ ...request, method: 'GET', path });
  expect(await get('/things')).toMatchObject({ status: 200, problem: undefined });
  for (const path of ['', '*', '//', '/%', '?', 'things', '\0', '/'.repeat(9000), 'http://', '/\ud800']) {
    const { status, exchange } = await get(path);
    expect({ path, isRefused: status === 404 || status === 400, exchange }).toEqual({
      path,
      isRefused: true,
      exchange: undefined,
    });
  }
});
