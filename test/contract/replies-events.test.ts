import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyProblem, operation, serve } from './support.ts';
import { ask, requestText, wire } from './wire.ts';
import type { JsonSchema } from '#contract/document.ts';
import type { Spec, TinyOptions } from './support.ts';

const step = {
  type: 'object',
  required: ['done'],
  properties: {
    done: { type: 'integer' },
    note: { type: 'string' },
    secret: { type: 'string', writeOnly: true },
  },
};

function specOf(mediaType: string, schema: JsonSchema | undefined): Spec {
  const content = { [mediaType]: schema === undefined ? {} : { schema } };
  const parameters = [{ name: 'Last-Event-ID', in: 'header' as const, schema: { type: 'integer' } }];
  const responses = { 200: { content }, default: anyProblem };
  return { paths: { '/progress': { get: operation('getProgress', { parameters, responses }) } } };
}

async function* given(...values: unknown[]) {
  yield* values;
}

interface Telling extends TinyOptions {
  readonly schema?: JsonSchema | undefined;
  readonly mediaType?: string;
}

/** Serves GET /progress with these values. */
function telling(
  values: readonly unknown[],
  { schema, mediaType = 'text/event-stream', ...options }: Telling = {},
) {
  return serve(specOf(mediaType, schema), {
    ...options,
    handlers: { getProgress: (_, reply) => reply(200, given(...values)) },
  });
}

const read = async (port: number) => (await ask(port, { path: '/progress' })).text;

describe('server-sent events', () => {
  test('are framed with everything that the handler gives', async () => {
    const event = { event: 'progress', id: '7', retry: 3000, data: { done: 1 } };
    await using api = await telling([event, { data: { done: 2 } }], { schema: step });
    const { text, headers } = await ask(api.port, { path: '/progress' });
    expect(text).toBe('event: progress\nid: 7\nretry: 3000\ndata: {"done":1}\n\n' + 'data: {"done":2}\n\n');
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  });

  test('may hold anything where the contract has no schema', async () => {
    await using api = await telling([{ data: 'a\nb' }, { data: [1, null] }, { data: null }]);
    expect(await read(api.port)).toBe('data: "a\\nb"\n\ndata: [1,null]\n\ndata: null\n\n');
  });

  test('hold text as it is where the contract says string, in as many lines as it has', async () => {
    await using api = await telling([{ data: 'a\nb\r\nc\rd\n' }, { data: '' }], {
      schema: { type: 'string' },
    });
    expect(await read(api.port)).toBe('data: a\ndata: b\ndata: c\ndata: d\ndata: \n\ndata: \n\n');
  });

  test('lose what the contract does not declare', async () => {
    const data = { done: 1, secret: 'x', password: 'y' };
    await using api = await telling([{ data, comment: 'z' }], { schema: step });
    expect(await read(api.port)).toBe('data: {"done":1}\n\n');
  });

  const wrong: [what: string, event: unknown, detail: string, sent: string][] = [
    ['data', { data: { done: 'x' } }, '/done must be integer', 'data: {"done":"x"}\n\n'],
    [
      'line break in its name',
      { event: 'a\ndata: b', data: { done: 1 } },
      'has an event whose event cannot be sent',
      'data: {"done":1}\n\n',
    ],
    [
      'line break in its id',
      { id: '1\r', data: { done: 1 } },
      'has an event whose id cannot be sent',
      'data: {"done":1}\n\n',
    ],
    [
      'NUL in its id',
      { id: '1\0', data: { done: 1 } },
      'has an event whose id cannot be sent',
      'data: {"done":1}\n\n',
    ],
    [
      'time',
      { retry: 0.5, data: { done: 1 } },
      'has an event whose retry cannot be sent',
      'data: {"done":1}\n\n',
    ],
  ];

  test.each(wrong)(
    'with a wrong %s cut the reply off in tests and development',
    async (_what, event, detail) => {
      await using api = await telling([event], { schema: step });
      await expect(read(api.port)).rejects.toThrow();
      expect(api.breaches).toEqual([{ operation: 'getProgress', status: 200, detail }]);
      expect(api.broken).toMatchObject([{ cause: { message: `The reply breaks the contract: ${detail}` } }]);
    },
  );

  test.each(wrong)(
    'with a wrong %s are told, and sent without it, in production',
    async (_what, event, detail, sent) => {
      await using api = await telling([event], { schema: step, breaches: 'report' });
      expect(await read(api.port)).toBe(sent);
      expect(api.breaches).toEqual([{ operation: 'getProgress', status: 200, detail }]);
    },
  );

  test.each(['text', null, {}])('are objects with data: %j ends the reply', async (event) => {
    await using api = await telling([event], { breaches: 'report' });
    await expect(read(api.port)).rejects.toThrow();
    expect(api.broken).toHaveLength(1);
  });

  test('come from a source: an object is none', async () => {
    await using api = await serve(specOf('text/event-stream', step), {
      handlers: { getProgress: (_, reply) => reply(200, { data: { done: 1 } }) },
    });
    await api.http.get('/progress').expect(500);
  });

  test('have a head at once, and a comment now and then while there are none', async () => {
    async function* late() {
      await sleep(200);
      yield { data: { done: 1 } };
    }
    await using api = await serve(specOf('text/event-stream', step), {
      heartbeatMs: 50,
      handlers: { getProgress: (_, reply) => reply(200, late()) },
    });
    using client = await wire(api.port);
    client.send(requestText('GET /progress'));
    expect(await client.receive(/\r\n\r\n/)).not.toMatch(/done/);
    await client.receive(/(?::\n\n[^]*){2}data: \{"done":1\}\n\n[^]*\r\n0\r\n\r\n$/);
  });

  test('go on after the last one that a client has seen: a parameter as any other', async () => {
    await using api = await serve(specOf('text/event-stream', step), {
      handlers: {
        getProgress: ({ headers }, reply) =>
          reply(200, given({ data: { done: Number(headers['Last-Event-ID']) + 1 } })),
      },
    });
    const headers = { 'Last-Event-ID': '7', Accept: 'text/event-stream' };
    expect((await ask(api.port, { path: '/progress', headers })).text).toBe('data: {"done":8}\n\n');
    expect((await ask(api.port, { path: '/progress', headers: { 'Last-Event-ID': 'x' } })).status).toBe(422);
  });
});

describe('JSON lines', () => {
  test.each(['application/jsonl', 'application/x-ndjson'])('%s are values in lines', async (mediaType) => {
    const values = [
      { done: 1, secret: 'x' },
      { done: 2, note: 'a\nb' },
    ];
    await using api = await telling(values, { schema: step, mediaType });
    const { text, headers } = await ask(api.port, { path: '/progress' });
    expect([text, headers['content-type']]).toEqual(['{"done":1}\n{"done":2,"note":"a\\nb"}\n', mediaType]);
  });

  test('that do not fit cut the reply off', async () => {
    await using api = await telling([{ done: 1 }, {}], { schema: step, mediaType: 'application/jsonl' });
    await expect(read(api.port)).rejects.toThrow();
    expect(api.breaches).toMatchObject([{ detail: "/ must have required property 'done'" }]);
  });
});
