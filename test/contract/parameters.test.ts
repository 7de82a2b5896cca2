import { describe, expect, test } from '@jest/globals';
import { operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { ParameterObject } from '#contract/document.ts';

type Given = Omit<ParameterObject, 'name' | 'in'>;

/** Asks `/things?…` of a contract with one query parameter, `v`. */
async function query(given: Given, queryString: string) {
  await using api = await serve({
    paths: {
      '/things': { get: operation('getThings', { parameters: [{ name: 'v', in: 'query', ...given }] }) },
    },
  });
  const { status, text } = await ask(api.port, { path: `/things?${queryString}` });
  const { query: values, errors, detail } = JSON.parse(text);
  return { status, values, errors, detail };
}

const integer = { schema: { type: 'integer' } };
const number = { schema: { type: 'number' } };
const boolean = { schema: { type: 'boolean' } };
const text = { schema: { type: 'string' } };
const list = (items: object) => ({ schema: { type: 'array', items } });
const integers = list({ type: 'integer' });
const filter = {
  type: 'object',
  properties: { n: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
  additionalProperties: false,
};

describe('accepted and decoded', () => {
  const accepted: [what: string, given: Given, queryString: string, value: unknown][] = [
    ['integer', integer, 'v=0', 0],
    ['integer', integer, 'v=-7', -7],
    ['integer', integer, 'v=9007199254740991', Number.MAX_SAFE_INTEGER],
    ['integer', integer, 'v=-9007199254740991', Number.MIN_SAFE_INTEGER],
    [
      'int64',
      { schema: { type: 'integer', format: 'int64' } },
      'v=9007199254740991',
      Number.MAX_SAFE_INTEGER,
    ],
    ['number', number, 'v=1', 1],
    ['number', number, 'v=-0.25', -0.25],
    ['number', number, 'v=12345678901234567890', 12345678901234567000],
    ['boolean', boolean, 'v=true', true],
    ['boolean', boolean, 'v=false', false],
    ['string', text, 'v=', ''],
    ['string', text, 'v', ''],
    ['string', text, 'v=a=b', 'a=b'],
    ['string', text, 'v=a%26b%3Dc', 'a&b=c'],
    ['string', text, 'v=a+b%20c%2Bd', 'a b c+d'],
    ['string', text, 'v=%F0%9F%92%A1', '💡'],
    ['string', text, 'v=1e3', '1e3'],
    ['string', text, '&&v=x&', 'x'],
    ['string', text, '%76=x', 'x'],
    ['enum without a type', { schema: { enum: [1, 2] } }, 'v=2', 2],
    ['const without a type', { schema: { const: true } }, 'v=true', true],
    ['integer or string', { schema: { type: ['integer', 'string'] } }, 'v=7', 7],
    ['integer or string', { schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] } }, 'v=x', 'x'],
    ['nullable integer', { schema: { type: ['integer', 'null'] } }, 'v=', null],
    [
      'nullable integer, as OpenAPI 3.0 writes it',
      { schema: { type: 'integer', nullable: true } },
      'v=',
      null,
    ],
    ['nullable string', { schema: { type: ['string', 'null'] } }, 'v=', ''],
    ['list, exploded', integers, 'v=1&v=2', [1, 2]],
    ['list, exploded, of one', integers, 'v=1', [1]],
    ['list, exploded, with commas inside', list({ type: 'string' }), 'v=a,b&v=c', ['a,b', 'c']],
    ['list by commas', { ...integers, explode: false }, 'v=1,2,3', [1, 2, 3]],
    [
      'list by commas, with an encoded comma',
      { ...list({ type: 'string' }), explode: false },
      'v=a%2Cb,c',
      ['a,b', 'c'],
    ],
    ['list by commas, empty', { ...integers, explode: false }, 'v=', []],
    ['list by spaces', { ...integers, style: 'spaceDelimited' }, 'v=1%202+3', [1, 2, 3]],
    ['list by bars', { ...integers, style: 'pipeDelimited' }, 'v=1|2%7C3%7c4', [1, 2, 3, 4]],
    ['list by commas, all encoded', { ...integers, explode: false }, 'v=1%2C2', [1, 2]],
    [
      'deepObject',
      { style: 'deepObject', schema: filter },
      'v[n]=1&v%5Btags%5D=a&v[tags][]=b',
      { n: 1, tags: ['a', 'b'] },
    ],
    ['object by commas', { explode: false, schema: filter }, 'v=n,1', { n: 1 }],
    ['object, spread', { schema: filter }, 'n=1&tags=a&tags=b', { n: 1, tags: ['a', 'b'] }],
    ['JSON', { content: { 'application/json': { schema: filter } } }, 'v=%7B%22n%22%3A1%7D', { n: 1 }],
    ['list by bars, exploded', { ...integers, style: 'pipeDelimited', explode: true }, 'v=1&v=2', [1, 2]],
  ];

  test.each(accepted)('%s %j: %s', async (_what, given, queryString, value) => {
    expect(await query(given, queryString)).toMatchObject({ status: 200, values: { v: value } });
  });
});

describe('refused with 422', () => {
  // Everything here passes JavaScript's Number() or Ajv's coercion.
  const texts = ['0x10', '1e3', ' 1', '1 ', '+1', '01', '1.0', '-0x1', 'Infinity', 'true', 'null', '', '%00', '١',
    '9007199254740992', '9223372036854775807', '9223372036854775808', '1,2', '1_000']; // prettier-ignore

  test.each(texts)('%j is no integer', async (value) => {
    expect(await query(integer, `v=${encodeURIComponent(decodeURIComponent(value))}`)).toMatchObject({
      status: 422,
      errors: [{ field: 'query.v', pointer: '/v', in: 'query', message: 'must be integer', type: 'type' }],
    });
  });

  test.each(['Infinity', 'NaN', '1e999', '0x1', '.5', '5.', '1,5', '--1', ''])(
    '%j is no number',
    async (value) => {
      expect(await query(number, `v=${value}`)).toMatchObject({ status: 422, errors: [{ type: 'type' }] });
    },
  );

  test.each(['TRUE', '1', '0', 'yes', ''])('%j is no boolean', async (value) => {
    expect(await query(boolean, `v=${value}`)).toMatchObject({ status: 422, errors: [{ type: 'type' }] });
  });

  const others: [what: string, given: Given, queryString: string, errors: object[]][] = [
    [
      'an integer out of its range',
      { schema: { type: 'integer', maximum: 9 } },
      'v=10',
      [{ pointer: '/v', message: 'must be <= 9', type: 'maximum' }],
    ],
    [
      'a missing parameter',
      { ...text, required: true },
      '',
      [{ field: 'query.v', pointer: '/v', message: 'is required', type: 'required' }],
    ],
    [
      'an unknown name',
      text,
      'colour=red',
      [
        {
          field: 'query.colour',
          pointer: '/colour',
          message: 'is not a known parameter',
          type: 'additionalProperties',
        },
      ],
    ],
    [
      '__proto__',
      text,
      '__proto__=1',
      [{ field: 'query.__proto__', pointer: '/__proto__', type: 'additionalProperties' }],
    ],
    [
      'constructor',
      text,
      'constructor=1',
      [{ field: 'query.constructor', pointer: '/constructor', type: 'additionalProperties' }],
    ],
    ['a name in brackets', text, 'v[a]=1', [{ pointer: '/v[a]' }]],
    ['a name with a slash', text, 'a/b=1', [{ field: 'query.a/b', pointer: '/a~1b' }]],
    ['a name in another case', text, 'V=1', [{ pointer: '/V' }]],
    [
      'a repeated scalar',
      text,
      'v=a&v=b&v=c',
      [{ pointer: '/v', message: 'must be given only once', type: 'repeated' }, {}],
    ],
    ['a repeated scalar of any type', { schema: {} }, 'v=a&v=b', [{ type: 'repeated' }]],
    ['a repeated list by commas', { ...integers, explode: false }, 'v=1&v=2', [{ type: 'repeated' }]],
    [
      'a wrong item',
      integers,
      'v=1&v=x&v=y',
      [{ pointer: '/v/1', message: 'must be integer' }, { pointer: '/v/2' }],
    ],
    [
      'deepObject without brackets',
      { style: 'deepObject', schema: filter },
      'v=1&v[n]=1',
      [{ pointer: '/v', type: 'style' }],
    ],
    [
      'deepObject, __proto__',
      { style: 'deepObject', schema: filter },
      'v[__proto__]=1',
      [{ pointer: '/v/__proto__' }],
    ],
    [
      'deepObject, repeated',
      { style: 'deepObject', schema: filter },
      'v[n]=1&v[n]=2',
      [{ pointer: '/v/n', type: 'repeated' }],
    ],
    [
      'JSON that is deep',
      { content: { 'application/json': { schema: {} } } },
      `v=${'['.repeat(5000)}${']'.repeat(5000)}`,
      [{ pointer: '/v', type: 'depth' }],
    ],
    ['an empty item', { ...integers, explode: false }, 'v=1,,2', [{ pointer: '/v/1' }]],
    [
      'NUL',
      text,
      'v=a%00b',
      [{ pointer: '/v', message: 'must not contain NUL or broken Unicode', type: 'text' }],
    ],
    ['NUL in an item', list({ type: 'string' }), 'v=a&v=%00', [{ pointer: '/v/1', type: 'text' }]],
    [
      'too many items',
      { schema: { type: 'array', items: {}, maxItems: 1 } },
      'v=a&v=b',
      [{ pointer: '/v', type: 'maxItems' }],
    ],
  ];

  test.each(others)('%s', async (_what, given, queryString, errors) => {
    const answer = await query(given, queryString);
    expect(answer).toMatchObject({ status: 422, errors });
  });

  test('every fault at once', async () => {
    const answer = await query({ schema: { type: 'integer' }, required: true }, 'a=1&b=2&b=3');
    expect(
      answer.errors.map(({ pointer, type }: Record<string, string>) => `${pointer} ${type}`).sort(),
    ).toEqual(['/a additionalProperties', '/b additionalProperties', '/b repeated', '/v required']);
    expect(answer.detail).toBe('4 values are not valid.');
  });

  test('not more than a hundred faults are listed', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}=1`);
    const { status, errors } = await query(text, names.join('&'));
    expect({ status, count: errors.length }).toEqual({ status: 422, count: 100 });
  });

  test('a name is not repeated in full where it is endless', async () => {
    const { errors } = await query(text, `${'~'.repeat(5000)}=1`);
    expect(errors[0].pointer).toHaveLength(300);
    expect(errors[0].pointer).toMatch(/^\/(~0)+…$/);
    expect(errors[0].field.length).toBeLessThanOrEqual(300);
  });
});

describe('refused with 400', () => {
  test.each(['v=%', 'v=%zz', 'v=%FF', 'v=%C3%28', '%=1', 'v=%ED%A0%80', 'other=%'])(
    '%s',
    async (queryString) => {
      expect(await query(text, queryString)).toMatchObject({
        status: 400,
        detail: 'The request has a malformed percent-encoding.',
      });
    },
  );

  test('more than a thousand parameters', async () => {
    expect(await query(list({ type: 'string' }), 'v=&'.repeat(1001))).toMatchObject({ status: 400 });
    expect(await query(list({ type: 'string' }), 'v=&'.repeat(999) + 'v=')).toMatchObject({ status: 200 });
  });
});

describe('parameters elsewhere', () => {
  const parameters = [
    { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
    { name: 'X-Count', in: 'header', schema: { type: 'integer' } },
    { name: 'X-Tags', in: 'header', schema: { type: 'array', items: { type: 'integer' } } },
    { name: 'Authorization', in: 'header', schema: { type: 'integer' } },
    { name: 'session', in: 'cookie', schema: { type: 'string' } },
    { name: 'ids', in: 'cookie', explode: false, schema: { type: 'array', items: { type: 'integer' } } },
  ] as const;
  const spec = { paths: { '/things/{id}': { parameters, get: operation('getThing') } } };

  const accepted: [what: string, headers: Record<string, string>, part: object][] = [
    ['a path', {}, { params: { id: 7 } }],
    ['a header in any case', { 'x-COUNT': '3' }, { headers: { 'X-Count': 3 } }],
    ['a header with a list', { 'x-tags': '1, 2,3' }, { headers: { 'X-Tags': [1, 2, 3] } }],
    ['Authorization, which OpenAPI says to ignore', { authorization: 'Bearer x' }, { headers: {} }],
    ['a cookie', { cookie: 'a=1; session=x%20y+z; b=%' }, { cookies: { session: 'x y+z' } }],
    ['the first cookie of a name', { cookie: 'session=a; session=b' }, { cookies: { session: 'a' } }],
    ['a cookie with an equals sign', { cookie: 'session=a=b' }, { cookies: { session: 'a=b' } }],
    ['a cookie with a list', { cookie: 'ids=1,2' }, { cookies: { ids: [1, 2] } }],
    ['no cookie', { cookie: ';;=x;__proto__=1' }, { cookies: {} }],
  ];

  test.each(accepted)('%s', async (_what, headers, part) => {
    await using api = await serve(spec);
    const { body } = await api.http.get('/things/7').set(headers).expect(200);
    expect(body).toMatchObject(part);
    expect(Object.keys(body.headers)).not.toContain('Authorization');
  });

  const refused: [
    what: string,
    path: string,
    headers: Record<string, string>,
    status: number,
    errors: object[],
  ][] = [
    [
      'a path',
      '/things/x',
      {},
      422,
      [{ field: 'path.id', pointer: '/id', in: 'path', message: 'must be integer', type: 'type' }],
    ],
    ['a path that is 0', '/things/0', {}, 422, [{ type: 'minimum' }]],
    ['a path of 1.0', '/things/1.0', {}, 422, [{ type: 'type' }]],
    ['a path with a space', '/things/%201', {}, 422, [{ type: 'type' }]],
    [
      'a header',
      '/things/7',
      { 'x-count': 'x' },
      422,
      [{ field: 'header.X-Count', pointer: '/X-Count', in: 'header' }],
    ],
    ['an item of a header', '/things/7', { 'x-tags': '1,,2' }, 422, [{ pointer: '/X-Tags/1' }]],
    [
      'an item of a cookie',
      '/things/7',
      { cookie: 'ids=1,x' },
      422,
      [{ field: 'cookie.ids.1', in: 'cookie' }],
    ],
    ['a malformed cookie', '/things/7', { cookie: 'session=%' }, 400, []],
    [
      'NUL in a cookie',
      '/things/7',
      { cookie: 'session=%00' },
      422,
      [{ field: 'cookie.session', type: 'text' }],
    ],
  ];

  test.each(refused)('%s is refused', async (_what, path, headers, status, errors) => {
    await using api = await serve(spec);
    const { body } = await api.http.get(path).set(headers).expect(status);
    expect(body.errors ?? []).toMatchObject(errors);
    expect(api.handled).toEqual([]);
  });

  test('a header given twice is no scalar', async () => {
    await using api = await serve(spec);
    const { status } = await ask(api.port, { path: '/things/7', headers: { 'x-count': ['1', '1'] } });
    expect(status).toBe(422);
  });

  test("an operation's parameter replaces that of its path", async () => {
    await using api = await serve({
      paths: {
        '/things': {
          parameters: [
            { name: 'size', in: 'query', schema: { type: 'integer', maximum: 5 } },
            { name: 'page', in: 'query', schema: { type: 'integer' } },
          ],
          get: operation('getThings', {
            parameters: [{ name: 'size', in: 'query', schema: { type: 'integer', maximum: 50 } }],
          }),
          delete: operation('deleteThings'),
        },
      },
    });
    await api.http.get('/things?size=50&page=1').expect(200);
    await api.http.delete('/things?size=50').expect(422);
  });

  test('a parameter called constructor is not there only because every object has one', async () => {
    await using api = await serve({
      paths: {
        '/things/{id}': {
          parameters: [
            parameters[0],
            { name: 'constructor', in: 'cookie', schema: { type: 'string' } },
            { name: 'valueOf', in: 'cookie', required: true, schema: {} },
          ],
          get: operation('getThing'),
        },
      },
    });
    const { body } = await api.http.get('/things/7').expect(422);
    expect(body.errors).toMatchObject([{ field: 'cookie.valueOf', type: 'required' }]);
    const given = await api.http.get('/things/7').set('cookie', 'constructor=x; valueOf=y').expect(200);
    expect(given.body.cookies).toEqual({ constructor: 'x', valueOf: 'y' });
    await api.http.get('/things/7').set('cookie', 'valueOf=y').expect(200);
  });
});
