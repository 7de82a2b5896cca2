import { describe, expect, test } from '@jest/globals';
import { json, operation, serve } from './support.ts';
import { postThing, thing } from './things.ts';
import type { Spec } from './support.ts';

describe('what does not fit the schema is a 422', () => {
  test('with every fault: where, what, and the keyword', async () => {
    const body = {
      size: 1.5,
      address: { street: 'x' },
      tags: ['a', 1],
      note: 'A',
      kind: 'bed',
      id: 7,
      colour: 'red',
    };
    const { status, errors, body: problem } = await postThing('/things', JSON.stringify(body));
    expect({ status, title: problem.title, detail: problem.detail }).toEqual({
      status: 422,
      title: 'Validation failed',
      detail: '9 values are not valid.',
    });
    const expected = [
      { field: 'body.title', pointer: '/title', message: 'is required', type: 'required' },
      {
        field: 'body.colour',
        pointer: '/colour',
        message: 'is not a known property',
        type: 'additionalProperties',
      },
      { field: 'body.size', pointer: '/size', message: 'must be integer', type: 'type' },
      { field: 'body.address.city', pointer: '/address/city', message: 'is required', type: 'required' },
      {
        field: 'body.address.street',
        pointer: '/address/street',
        message: 'is not a known property',
        type: 'additionalProperties',
      },
      { field: 'body.tags.1', pointer: '/tags/1', message: 'must be string', type: 'type' },
      { field: 'body.note', pointer: '/note', message: 'may have lower-case letters only', type: 'pattern' },
      { field: 'body.kind', pointer: '/kind', message: 'must be one of "lamp", "chair"', type: 'enum' },
      { field: 'body.id', pointer: '/id', message: 'is set by the server', type: 'readOnly' },
    ];
    expect(errors).toHaveLength(expected.length);
    expect(errors).toEqual(expect.arrayContaining(expected.map((error) => ({ ...error, in: 'body' }))));
  });

  const whole: [what: string, body: string, error: object][] = [
    ['an array', '[]', { pointer: '', type: 'type', message: 'must be object' }],
    ['null', 'null', { pointer: '', type: 'type' }],
    ['text', '"x"', { pointer: '', type: 'type' }],
    ['null for a string', '{"title":null}', { pointer: '/title', type: 'type' }],
    ['text for a number', '{"title":"x","size":"1"}', { pointer: '/size', type: 'type' }],
    [
      'infinity',
      '{"title":"x","size":1e999}',
      { pointer: '/size', type: 'number', message: 'must be a finite number' },
    ],
    ['NUL', '{"title":"a\\u0000b"}', { pointer: '/title', type: 'text' }],
    ['a lone surrogate', '{"title":"\\ud800"}', { pointer: '/title', type: 'text' }],
    [
      'a lone surrogate in a name',
      '{"title":"x","a\\udc00":1}',
      { pointer: '', type: 'text', message: 'has a property name with NUL or broken Unicode' },
    ],
    ['NUL in a name', '{"title":"x","\\u0000":1}', { pointer: '', type: 'text' }],
    [
      '__proto__',
      '{"title":"x","__proto__":{"is_admin":true}}',
      { pointer: '/__proto__', type: 'additionalProperties' },
    ],
    [
      'constructor',
      '{"title":"x","constructor":{}}',
      { pointer: '/constructor', type: 'additionalProperties' },
    ],
    [
      'a name with a slash and a tilde',
      '{"title":"x","a/b~c":1}',
      { pointer: '/a~1b~0c', field: 'body.a/b~c' },
    ],
  ];

  test.each(whole)('%s', async (_what, body, error) => {
    expect(await postThing('/things', body)).toMatchObject({ status: 422, errors: [error] });
  });

  test('__proto__ is refused also where any property may stand, and pollutes nothing', async () => {
    const { status, errors } = await postThing('/anything', '{"a":[{"__proto__":{"polluted":1}}]}');
    expect({ status, errors }).toMatchObject({ status: 422, errors: [{ pointer: '/a/0/__proto__' }] });
    expect({}).not.toHaveProperty('polluted');
  });

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  test('32 levels are deep enough for anybody', async () => {
    expect(await postThing('/anything', nested(32))).toMatchObject({ status: 200 });
    const { status, errors } = await postThing('/anything', nested(33));
    expect({ status, errors }).toMatchObject({
      status: 422,
      errors: [
        { pointer: '/0'.repeat(32), type: 'depth', message: 'must not be nested deeper than 32 levels' },
      ],
    });
  });

  test.each([6_000, 500_000])('%d levels are refused as easily', async (depth) => {
    expect(await postThing('/anything', nested(depth))).toMatchObject({
      status: 422,
      errors: [{ type: 'depth' }],
    });
  });

  test('integers beyond 2^53 are refused: JavaScript would round them', async () => {
    const spec: Spec = {
      paths: { '/n': { post: operation('addN', { requestBody: json({ type: 'integer' }) }) } },
    };
    await using api = await serve(spec);
    const send = (text: string) => api.http.post('/n').type('json').send(text);
    await send('9007199254740991').expect(200);
    const { body } = await send('9007199254740993').expect(422);
    expect(body.errors).toMatchObject([{ type: 'maximum' }]);
  });

  test('every rule of a password at once, each in the words of its author', async () => {
    const rule = (pattern: string, what: string) => ({ pattern, 'x-message': `must have ${what}` });
    const password = {
      type: 'string',
      minLength: 8,
      allOf: [
        rule('[A-Z]', 'an upper-case letter'),
        rule('[a-z]', 'a lower-case letter'),
        rule('[0-9]', 'a digit'),
      ],
    };
    await using api = await serve({
      paths: { '/p': { post: operation('addP', { requestBody: json(password) }) } },
    });
    const { body } = await api.http.post('/p').type('json').send('"?"').expect(422);
    expect(body.errors.map(({ message }: { message: string }) => message).sort()).toEqual([
      'must NOT have fewer than 8 characters',
      'must have a digit',
      'must have a lower-case letter',
      'must have an upper-case letter',
    ]);
  });

  test('a hundred faults are listed, and no more', async () => {
    const tags = Array.from({ length: 4000 }, () => 1);
    const { errors } = await postThing('/things', JSON.stringify({ tags }));
    expect(errors).toHaveLength(100);
  });

  test('of a body above 16 KiB the first fault is told: collecting them all could take long', async () => {
    const tags = Array.from({ length: 10_000 }, () => 1);
    const { status, errors } = await postThing(
      '/things',
      JSON.stringify({ title: 'x', tags, colour: 'red' }),
    );
    expect(status).toBe(422);
    expect(errors).toHaveLength(1);
  });

  test('a body and a query are judged together', async () => {
    await using api = await serve({
      paths: {
        '/things': {
          post: operation('addThing', {
            parameters: [{ name: 'dry', in: 'query', schema: { type: 'boolean' } }],
            requestBody: { required: true, ...json(thing) },
          }),
        },
      },
    });
    const { body } = await api.http.post('/things?dry=maybe&x=1').send({}).expect(422);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'body.title',
      'query.dry',
      'query.x',
    ]);
  });
});

describe('the request view of a schema', () => {
  test('does not require what the server sets, also where the mark stands behind a $ref or in allOf', async () => {
    const schema = {
      type: 'object',
      required: ['id', 'created', 'name'],
      properties: {
        id: { $ref: '#/components/schemas/Id' },
        created: { allOf: [{ $ref: '#/components/schemas/Id' }] },
        name: { type: 'string' },
      },
    };
    await using api = await serve({
      components: { schemas: { Id: { type: 'integer', readOnly: true } } },
      paths: { '/things': { post: operation('addThing', { requestBody: json(schema) }) } },
    });
    await api.http.post('/things').send({ name: 'x' }).expect(200);
    const { body } = await api.http.post('/things').send({ name: 'x', id: 1, created: 1 }).expect(422);
    expect(body.errors).toMatchObject([
      { pointer: '/id', type: 'readOnly' },
      { pointer: '/created', type: 'readOnly' },
    ]);
  });

  test('lets writeOnly in', async () => {
    const schema = {
      type: 'object',
      properties: { password: { type: 'string', writeOnly: true } },
      additionalProperties: false,
    };
    await using api = await serve({
      paths: { '/things': { post: operation('addThing', { requestBody: json(schema) }) } },
    });
    const { body } = await api.http.post('/things').send({ password: 'x' }).expect(200);
    expect(body.body).toEqual({ password: 'x' });
  });

  test('knows what OpenAPI 3.0 calls nullable, and does not choke on discriminators', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', enum: ['x'], nullable: true } },
      discriminator: { propertyName: 'a', mapping: { x: '#/components/schemas/X' } },
    };
    await using api = await serve({
      openapi: '3.0.3',
      components: { schemas: { X: { type: 'object' } } },
      paths: { '/things': { post: operation('addThing', { requestBody: json(schema) }) } },
    });
    await api.http.post('/things').send({ a: null }).expect(200);
    await api.http.post('/things').send({ a: 'y' }).expect(422);
  });

  test('refuses with its own word what is false', async () => {
    const schema = { type: 'object', properties: { old: false } };
    await using api = await serve({
      paths: { '/things': { post: operation('addThing', { requestBody: json(schema) }) } },
    });
    const { body } = await api.http.post('/things').send({ old: 1 }).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/old', message: 'is not allowed' }]);
  });
});
