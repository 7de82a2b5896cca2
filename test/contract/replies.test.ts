import { describe, expect, test } from '@jest/globals';
import { anyProblem, json, operation, serve } from './support.ts';
import type { JsonSchema, ResponseObject } from '#contract/document.ts';
import type { Spec, TestHandler, TinyOptions } from './support.ts';

const thing = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    secret: { type: 'string', writeOnly: true },
  },
};

/** Serves GET /things with these responses and this handler. */
function answering(
  handler: TestHandler,
  responses: Record<string, ResponseObject> = { 200: json(thing) },
  options: TinyOptions = {},
) {
  const spec: Spec = {
    paths: {
      '/things': { get: operation('getThings', { responses: { ...responses, default: anyProblem } }) },
    },
  };
  return serve(spec, { ...options, handlers: { getThings: handler } });
}

const reporting = { breaches: 'report' } as const;

describe('a reply that breaks the contract', () => {
  const broken: [
    what: string,
    handler: TestHandler,
    responses: Record<string, ResponseObject>,
    detail: string,
  ][] = [
    [
      'with a field of a wrong type',
      (_, reply) => reply(200, { id: '1' }),
      { 200: json(thing) },
      '/id must be integer',
    ],
    [
      'without a required field',
      (_, reply) => reply(200, {}),
      { 200: json(thing) },
      "/ must have required property 'id'",
    ],
    ['without its body', (_, reply) => reply(200), { 200: json(thing) }, '/ must be object'],
    [
      'with a Date for a text',
      (_, reply) => reply(200, new Date(0)),
      { 200: json({ type: 'string' }) },
      '/ must be string',
    ],
    ['with NaN', (_, reply) => reply(200, NaN), { 200: json({ type: 'number' }) }, '/ must be number'],
    [
      'with undefined in a list',
      (_, reply) => reply(200, [undefined]),
      { 200: json({ type: 'array', items: { type: 'string' } }) },
      '/0 must be string',
    ],
    [
      'with a body where there is none',
      (_, reply) => reply(204, {}),
      { 204: {} },
      'has a body, which the contract does not document',
    ],
    [
      'with an undocumented header',
      (_, reply) => reply(204, undefined, { Server: 'x' }),
      { 204: {} },
      'has the undocumented header Server',
    ],
    [
      'without a required header',
      (_, reply) => reply(204),
      { 204: { headers: { Location: { required: true, schema: { type: 'string' } } } } },
      'lacks the required header Location',
    ],
    [
      'with a header that does not fit',
      (_, reply) => reply(204, undefined, { 'X-Count': 'x' }),
      { 204: { headers: { 'X-Count': { schema: { type: 'integer' } } } } },
      'has a header X-Count that does not fit its schema',
    ],
    [
      'with a line break in a header',
      (_, reply) => reply(204, undefined, { Link: 'a\r\nSet-Cookie: b' }),
      { 204: { headers: { Link: { schema: { type: 'string' } } } } },
      'has characters in the header Link that HTTP cannot carry',
    ],
  ];

  test.each(broken)('%s is a 500 in tests and development', async (_what, handler, responses, detail) => {
    await using api = await answering(handler, responses);
    const { body } = await api.http.get('/things').expect(500);
    expect(body).toMatchObject({ code: 'internal_error', detail: 'Something went wrong on our side.' });
    expect(api.breaches[0]).toMatchObject({ operation: 'getThings', detail });
    expect(api.problems[0]?.cause).toMatchObject({ message: `The reply breaks the contract: ${detail}` });
  });

  test.each(broken)('%s is told and sent in production', async (_what, handler, responses, detail) => {
    await using api = await answering(handler, responses, reporting);
    const reply = await api.http.get('/things');
    expect(String(reply.status)).toBe(Object.keys(responses)[0]);
    expect(api.breaches).toEqual([{ operation: 'getThings', status: reply.status, detail }]);
    for (const name of ['server', 'link', 'set-cookie']) expect(reply.headers).not.toHaveProperty(name);
  });

  test.each(['fail', 'report'] as const)(
    'with a status that is not documented is a 500 (%s)',
    async (breaches) => {
      await using api = await serve(
        {
          paths: {
            '/things': { get: operation('getThings', { responses: { 200: json(true), 500: anyProblem } }) },
          },
        },
        { breaches, handlers: { getThings: (_, reply) => reply(202, { id: 1 }) } },
      );
      await api.http.get('/things').expect(500);
      expect(api.breaches).toEqual([
        { operation: 'getThings', status: 202, detail: 'the contract does not document this status' },
      ]);
    },
  );

  test.each([0, 99, 199, 600, 200.5, NaN])(
    'with the status %d is a 500, also where default is documented',
    async (status) => {
      await using api = await answering((_, reply) => reply(status, {}), {}, reporting);
      await api.http.get('/things').expect(500);
    },
  );

  test('that is no reply at all is a 500', async () => {
    const handlers = { getThings: () => JSON.parse('null') };
    await using api = await serve({ paths: { '/things': { get: operation('getThings') } } }, { handlers });
    await api.http.get('/things').expect(500);
  });
});

describe('statuses', () => {
  const responses = {
    200: json({ type: 'object', properties: { exact: {} } }),
    '2XX': json({ type: 'object', properties: { range: {} } }),
    default: json({ type: 'object', properties: { fallback: {} } }),
  };
  const everything = { exact: 1, range: 2, fallback: 3 };

  test.each([
    [200, { exact: 1 }],
    [201, { range: 2 }],
    [409, { fallback: 3 }],
  ])('%d takes the closest description', async (status, body) => {
    const spec: Spec = { paths: { '/things': { get: operation('getThings', { responses }) } } };
    await using api = await serve(spec, { handlers: { getThings: (_, reply) => reply(status, everything) } });
    const reply = await api.http.get('/things').expect(status);
    expect(reply.body).toEqual(body);
  });
});

describe('headers', () => {
  const headers = {
    'X-Total': { required: true, schema: { type: 'integer' } },
    etag: { schema: { type: 'string' } },
    'Content-Type': { schema: { type: 'integer' } },
  };

  test('are found in any case and written as the contract does', async () => {
    await using api = await answering((_, reply) => reply(204, undefined, { 'x-total': 3, ETAG: '"1"' }), {
      204: { headers },
    });
    const reply = await api.http.get('/things').expect(204);
    expect(reply.headers).toMatchObject({
      'x-total': '3',
      etag: '"1"',
      'cache-control': 'private, no-cache',
    });
  });

  test('that are undefined are left out', async () => {
    await using api = await answering(
      (_, reply) => reply(204, undefined, { 'X-Total': 3, etag: undefined }),
      { 204: { headers } },
    );
    const reply = await api.http.get('/things').expect(204);
    expect(reply.headers).not.toHaveProperty('etag');
  });

  test('a reply without an ETag is not stored, unless the handler says so', async () => {
    const cached = { 200: { ...json(true), headers: { 'Cache-Control': { schema: { type: 'string' } } } } };
    await using plain = await answering((_, reply) => reply(200, 1), cached);
    expect((await plain.http.get('/things')).headers['cache-control']).toBe('no-store');
    await using told = await answering(
      (_, reply) => reply(200, 1, { 'Cache-Control': 'max-age=60' }),
      cached,
    );
    expect((await told.http.get('/things')).headers['cache-control']).toBe('max-age=60');
  });
});

describe('If-None-Match', () => {
  const etag = { headers: { ETag: { required: true, schema: { type: 'string' } } } };
  const conditional = { 200: { ...json(thing), ...etag }, 304: etag };
  const tagged: TestHandler = (_, reply) => reply(200, { id: 1 }, { ETag: '"2"' });

  const same = ['"2"', 'W/"2"', '"1", "2"', '"1",W/"2" , "3"', '*', ' * '];
  const different = ['"1"', '2', '', '"22"', 'W/"1", "3"', '"1, 2"'];

  test.each(same)('%j is a 304 without a body', async (condition) => {
    await using api = await answering(tagged, conditional);
    const reply = await api.http.get('/things').set('If-None-Match', condition).expect(304);
    expect({ text: reply.text, etag: reply.headers['etag'] }).toEqual({ text: '', etag: '"2"' });
    expect(reply.headers).not.toHaveProperty('content-type');
    await api.http.head('/things').set('If-None-Match', condition).expect(304);
  });

  test.each(different)('%j is a 200', async (condition) => {
    await using api = await answering(tagged, conditional);
    const reply = await api.http.get('/things').set('If-None-Match', condition).expect(200);
    expect({ body: reply.body, etag: reply.headers['etag'] }).toEqual({ body: { id: 1 }, etag: '"2"' });
  });

  test('means nothing where the contract has no 304', async () => {
    await using api = await serve(
      { paths: { '/things': { get: operation('getThings', { responses: { 200: conditional[200] } }) } } },
      { handlers: { getThings: tagged } },
    );
    await api.http.get('/things').set('If-None-Match', '"2"').expect(200);
  });

  test('means nothing to POST', async () => {
    const spec: Spec = { paths: { '/things': { post: operation('addThing', { responses: conditional }) } } };
    await using api = await serve(spec, { handlers: { addThing: tagged } });
    await api.http.post('/things').set('If-None-Match', '"2"').expect(200);
  });
});

describe('Accept', () => {
  const taken = ['application/json', '*/*', 'application/*', 'text/html, */*;q=0.1', 'application/json;q=0.5', '',
    'APPLICATION/JSON', 'application/json; charset=utf-8', 'text/html;q=0.9,application/json;q=0.1']; // prettier-ignore
  const refused = ['text/html', 'application/xml', 'application/json;q=0', '*/*;q=0', 'application/json;q=0, */*', 'json',
    'application/problem+json', 'text/*']; // prettier-ignore

  test.each(taken)('%j is met', async (accept) => {
    await using api = await answering((_, reply) => reply(200, { id: 1 }));
    const reply = await api.http.get('/things').set('Accept', accept).expect(200);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test.each(refused)('%j is a 406 that says what there is', async (accept) => {
    await using api = await answering((_, reply) => reply(200, { id: 1 }));
    const { body } = await api.http.get('/things').set('Accept', accept).expect(406);
    expect(body).toMatchObject({
      code: 'not_acceptable',
      detail: 'This operation answers with application/json.',
    });
    expect(api.handled).toEqual([]);
  });

  test('is met by any of the media types of the successes', async () => {
    const responses = { 200: json(thing), 202: { content: { 'application/hal+json': { schema: true } } } };
    await using api = await answering((_, reply) => reply(202, {}), responses);
    const reply = await api.http.get('/things').set('Accept', 'application/hal+json').expect(202);
    expect(reply.headers['content-type']).toBe('application/hal+json; charset=utf-8');
  });

  test('means nothing where there is no body', async () => {
    await using api = await answering((_, reply) => reply(204), { 204: {} });
    await api.http.get('/things').set('Accept', 'text/html').expect(204);
  });
});

describe('the framing', () => {
  test('of a 204 has no length', async () => {
    await using api = await answering((_, reply) => reply(204), { 204: {} });
    const reply = await api.http.get('/things').expect(204);
    expect(reply.headers).not.toHaveProperty('content-length');
    expect(reply.headers).not.toHaveProperty('content-type');
  });

  test('of another reply without a body has the length 0', async () => {
    await using api = await answering((_, reply) => reply(202), { 202: {} });
    const { headers } = await api.http.get('/things').expect(202);
    expect([headers['content-length'], headers['transfer-encoding']]).toEqual(['0', undefined]);
  });

  test('of a body counts its bytes, not its characters', async () => {
    await using api = await answering((_, reply) => reply(200, { id: 1, title: 'café 💡' }));
    const reply = await api.http.get('/things').expect(200);
    expect(reply.body).toEqual({ id: 1, title: 'café 💡' });
    expect(Number(reply.headers['content-length'])).toBe(Buffer.byteLength(reply.text));
  });

  test('of HEAD is that of GET', async () => {
    await using api = await answering((_, reply) => reply(200, { id: 1, title: 'café' }));
    const [head, get] = [
      await api.http.head('/things').expect(200),
      await api.http.get('/things').expect(200),
    ];
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.text).toBeUndefined();
  });
});

describe('a handler gets', () => {
  test('what `tools` makes of the request', async () => {
    const schema: JsonSchema = { type: 'object', additionalProperties: true };
    let seen: unknown;
    await using api = await answering(
      (request, reply) => {
        seen = request;
        return reply(200, {});
      },
      { 200: json(schema) },
      { tools: ({ operation: { id }, ip }) => ({ clock: `of ${id} for ${ip}` }) },
    );
    await api.http.get('/things').expect(200);
    expect(seen).toMatchObject({ clock: 'of getThings for 127.0.0.1', params: {}, query: {} });
  });
});
