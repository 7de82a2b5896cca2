import { describe, expect, test } from '@jest/globals';
import { anyProblem, faultsOf, operation, serve } from './support.ts';
import type { HeaderObject } from '#contract/document.ts';
import type { HeaderValue } from '#contract/reply.ts';
import type { Spec, TinyOptions } from './support.ts';

function specOf(headers: Record<string, HeaderObject>): Spec {
  return {
    paths: {
      '/things': { get: operation('getThings', { responses: { 204: { headers }, default: anyProblem } }) },
    },
  };
}

/** What a client gets for a header `X` of this kind and this value. */
async function sent(header: HeaderObject, value: HeaderValue, options: TinyOptions = {}) {
  await using api = await serve(specOf({ X: header }), {
    ...options,
    handlers: { getThings: (_, reply) => reply(204, undefined, { X: value }) },
  });
  const { status, headers } = await api.http.get('/things');
  return { status, text: headers['x'], breach: api.breaches[0]?.detail };
}

const integers = { schema: { type: 'array', maxItems: 3, items: { type: 'integer' } } };
const texts = { schema: { type: 'array', items: { type: 'string' } } };
const point = {
  type: 'object',
  required: ['x'],
  properties: { x: { type: 'integer' }, name: { type: 'string' } },
};

describe('a header is written by its schema', () => {
  test.each<[what: string, header: HeaderObject, value: HeaderValue, text: string]>([
    ['a string', { schema: { type: 'string' } }, 'a, b', 'a, b'],
    ['an integer', { schema: { type: 'integer' } }, 7, '7'],
    ['the text of an integer', { schema: { type: 'integer' } }, '7', '7'],
    ['a boolean', { schema: { type: 'boolean' } }, false, 'false'],
    ['a list', integers, [1, 2], '1,2'],
    ['the text of a list', integers, '1, 2', '1, 2'],
    ['an empty list', integers, [], ''],
    ['an object', { schema: point }, { x: 1, name: 'a' }, 'x,1,name,a'],
    ['an exploded object', { schema: point, explode: true }, { x: 1, name: 'a' }, 'x=1,name=a'],
    [
      'JSON',
      { content: { 'application/json': { schema: point } } },
      { x: 1, name: 'é,\n' },
      '{"x":1,"name":"\\u00e9,\\n"}',
    ],
    ['an object without what is not declared', { schema: point }, { x: 1, secret: 2 }, 'x,1'],
    [
      'JSON without what is not declared',
      { content: { 'application/json': { schema: point } } },
      { x: 1, y: 2 },
      '{"x":1}',
    ],
  ])('%s', async (_what, header, value, text) => {
    expect(await sent(header, value)).toEqual({ status: 204, text, breach: undefined });
  });

  test.each<[what: string, header: HeaderObject, value: HeaderValue]>([
    ['an item of a wrong type', integers, ['a']],
    ['too many items', integers, [1, 2, 3, 4]],
    ['an item with a comma, which would be two', texts, ['a,b']],
    ['a list in a list', texts, [['a']]],
    ['an object without a required property', { schema: point }, { name: 'a' }],
    ['an object in an object', { schema: { ...point, properties: {} }, explode: true }, { x: {} }],
    ['a text for an object', { schema: point }, 'x,1'],
    ['JSON that does not fit', { content: { 'application/json': { schema: point } } }, { x: 'a' }],
    ['an object for a text', { schema: { type: 'string' } }, { a: 1 }],
  ])('and %s breaks the contract', async (_what, header, value) => {
    const { status, breach } = await sent(header, value);
    expect([status, breach]).toEqual([500, 'has a header X that does not fit its schema']);
  });

  test('also in the text of a list', async () => {
    const { breach } = await sent(texts, ['a\r\nSet-Cookie: b'], { breaches: 'report' });
    expect(breach).toBe('has characters in the header X that HTTP cannot carry');
  });
});

describe('Set-Cookie', () => {
  const cookie = { 'Set-Cookie': { required: true, schema: { type: 'string', pattern: '^[ab]=' } } };
  const setting = (value: HeaderValue, breaches: 'fail' | 'report' = 'fail') =>
    serve(specOf(cookie), {
      breaches,
      handlers: { getThings: (_, reply) => reply(204, undefined, { 'Set-Cookie': value }) },
    });

  test('is sent as often as there are cookies', async () => {
    await using api = await setting(['a=1; Path=/', 'b=2, 3']);
    const reply = await api.http.get('/things').expect(204);
    expect(reply.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2, 3']);
  });

  test('is sent once for one', async () => {
    await using api = await setting('a=1');
    expect((await api.http.get('/things')).headers['set-cookie']).toEqual(['a=1']);
  });

  test('is checked each time', async () => {
    await using api = await setting(['a=1', 'c=1']);
    await api.http.get('/things').expect(500);
    await using told = await setting(['a=1', 'b=\r\nX: y'], 'report');
    const reply = await told.http.get('/things').expect(204);
    expect(reply.headers['set-cookie']).toEqual(['a=1']);
    expect(reply.headers).not.toHaveProperty('x');
  });
});

test('what frames a reply is never the contract’s to say', async () => {
  const framing = { 'Transfer-Encoding': { required: true, schema: { type: 'string' } } };
  await using silent = await serve(specOf(framing), { handlers: { getThings: (_, reply) => reply(204) } });
  await silent.http.get('/things').expect(204);
  await using api = await serve(specOf(framing), {
    handlers: { getThings: (_, reply) => reply(204, undefined, { 'Transfer-Encoding': 'chunked' }) },
  });
  await api.http.get('/things').expect(500);
});

test.each<[header: HeaderObject, fault: string]>([
  [{}, 'without a schema'],
  [{ content: { 'text/plain': {} } }, 'with content that is not JSON alone, which is not supported'],
  [{ schema: true, style: 'form' }, 'with style form, which is not supported'],
  [
    { schema: { type: 'array', items: { type: 'array', items: {} } } },
    'with items that are not scalars, which is not supported',
  ],
])('a contract with the header %j is refused', async (header, fault) => {
  expect(await faultsOf(specOf({ X: header }))).toEqual([
    `getThings (204) has the parameter X in header ${fault}`,
  ]);
});
