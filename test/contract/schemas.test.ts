/** What JSON Schema says of values, in both directions: references, recursion, defaults in branches, unique items. */
import { describe, expect, test } from '@jest/globals';
import { longestBlockMs, watchLoop } from './harm.ts';
import { json, operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { TestHandler } from './support.ts';
import type { JsonSchema } from '#contract/document.ts';

const text = { type: 'string' };
const integer = { type: 'integer' };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const secret = { hash: 'argon2' };

const schemas: Record<string, JsonSchema> = {
  Tree: {
    type: 'object',
    required: ['name'],
    properties: {
      name: text,
      size: { type: 'integer', default: 1 },
      children: { type: 'array', items: ref('Tree') },
      next: { anyOf: [ref('Tree'), { type: 'null' }] },
    },
    additionalProperties: false,
  },
  Forest: { type: 'array', items: ref('Forest'), maxItems: 2 },
  Even: { type: 'object', properties: { odd: ref('Odd') }, additionalProperties: false },
  Odd: { type: 'object', required: ['even'], properties: { even: ref('Even') }, additionalProperties: false },
  WithDefs: {
    $defs: { Size: { type: 'integer', maximum: 9 }, 'a/b~c d': { type: 'integer', minimum: 5 } },
    type: 'object',
    properties: {
      size: { $ref: '#/components/schemas/WithDefs/$defs/Size' },
      odd: { $ref: '#/components/schemas/WithDefs/$defs/a~1b~0c%20d' },
    },
  },
  Short: { type: 'string', maxLength: 3 },
};

async function sending(schema: JsonSchema, body: unknown) {
  await using api = await serve(specOf(schema));
  const { status, body: answer } = await api.http.post('/x').type('json').send(JSON.stringify(body));
  return { status, body: answer.body, errors: answer.errors };
}

async function leaving(schema: JsonSchema, value: unknown) {
  await using api = await serve(specOf(schema), { handlers: { getX: (_, reply) => reply(200, value) } });
  const { status, body } = await api.http.get('/x');
  return { status, body };
}

function specOf(schema: JsonSchema) {
  return {
    components: { schemas },
    paths: {
      '/x': {
        post: operation('addX', { requestBody: { required: true, ...json(schema) } }),
        get: operation('getX', { responses: { 200: json(schema), 500: json({}) } }),
      },
    },
  };
}

describe('a $ref', () => {
  const refused: [what: string, schema: JsonSchema, body: unknown, error: object][] = [
    ['to $defs', ref('WithDefs'), { size: 10 }, { pointer: '/size', type: 'maximum' }],
    ['with escapes', ref('WithDefs'), { odd: 4 }, { pointer: '/odd', type: 'minimum' }],
    ['into a component', { $ref: '#/components/schemas/Tree/properties/children' }, [{}], { pointer: '/0/name', type: 'required' }],
    ['to itself by its path', { type: 'object', properties: { again: { $ref: '#/paths/~1x/post/requestBody/content/application~1json/schema' }, n: integer } }, { again: { again: { n: 'x' } } }, { pointer: '/again/again/n', type: 'type' }],
    ['beside other keywords', { $ref: '#/components/schemas/Short', minLength: 2 }, 'a', { pointer: '', type: 'minLength' }],
    ['beside other keywords, itself', { $ref: '#/components/schemas/Short', minLength: 2 }, 'abcd', { pointer: '', type: 'maxLength' }],
    ['beside properties', { $ref: '#/components/schemas/WithDefs', properties: { more: integer } }, { size: 1, more: 'x' }, { pointer: '/more', type: 'type' }],
    ['to a boolean', { properties: { a: { $ref: '#/components/schemas/Tree/additionalProperties' } } }, { a: 1 }, { pointer: '/a', type: 'not' }],
  ]; // prettier-ignore

  test.each(refused)('%s is followed', async (_what, schema, body, error) => {
    expect(await sending(schema, body)).toMatchObject({ status: 422, errors: [error] });
  });

  test('to a schema of another operation is followed', async () => {
    const schema = { $ref: '#/paths/~1y/get/responses/200/content/application~1json/schema/items' };
    await using api = await serve({
      paths: {
        '/x': { post: operation('addX', { requestBody: json(schema) }) },
        '/y': { get: operation('getY', { responses: { 200: json({ type: 'array', items: integer }) } }) },
      },
    });
    await api.http.post('/x').type('json').send('"x"').expect(422);
    await api.http.post('/x').type('json').send('1').expect(200);
  });

  test('is followed in replies, and what stands beside it is let out as well', async () => {
    const schema = { $ref: '#/components/schemas/WithDefs', properties: { more: integer } };
    expect(await leaving(schema, { size: 1, more: 2, ...secret })).toEqual({
      status: 200,
      body: { size: 1, more: 2 },
    });
  });
});

describe('a recursive schema', () => {
  const leaf = { name: 'leaf' };
  const tree = { name: 'a', children: [{ name: 'b', children: [leaf] }], next: leaf };

  test('is checked, and filled with its defaults, at every depth', async () => {
    const filled = { name: 'leaf', size: 1 };
    const seen = { name: 'a', size: 1, children: [{ name: 'b', size: 1, children: [filled] }], next: filled };
    expect(await sending(ref('Tree'), tree)).toMatchObject({ status: 200, body: seen });
    const wrong = { name: 'a', children: [{ name: 'b', children: [{ name: 1 }] }] };
    expect(await sending(ref('Tree'), wrong)).toMatchObject({
      status: 422,
      errors: [{ pointer: '/children/0/children/0/name' }],
    });
  });

  test('of lists alone', async () => {
    expect(await sending(ref('Forest'), [[[], []], []])).toMatchObject({ status: 200 });
    expect(await sending(ref('Forest'), [[[], [[], [], []]]])).toMatchObject({
      status: 422,
      errors: [{ pointer: '/0/1', type: 'maxItems' }],
    });
  });

  test('of two that refer to each other', async () => {
    expect(await sending(ref('Even'), { odd: { even: {} } })).toMatchObject({ status: 200 });
    expect(await sending(ref('Even'), { odd: { even: { odd: {} } } })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/odd/even/odd/even', type: 'required' }],
    });
  });

  test('lets nothing out that it does not declare, at any depth', async () => {
    const value = {
      ...tree,
      ...secret,
      children: [{ name: 'b', ...secret, children: [{ ...leaf, ...secret }] }],
      next: { ...leaf, ...secret },
    };
    expect(await leaving(ref('Tree'), value)).toEqual({ status: 200, body: tree });
  });

  test('is bounded by the depth that a body may have', async () => {
    const chain = (depth: number): object => (depth === 0 ? leaf : { name: 'a', next: chain(depth - 1) });
    expect(await sending(ref('Tree'), chain(31))).toMatchObject({ status: 200 });
    expect(await sending(ref('Tree'), chain(32))).toMatchObject({ status: 422, errors: [{ type: 'depth' }] });
  });
});

describe('a default', () => {
  const size = { type: 'integer', default: 1 };
  const rows: [where: string, schema: JsonSchema, body: unknown, seen: unknown][] = [
    ['in allOf', { allOf: [{ properties: { a: size } }, { properties: { b: { ...size, default: 2 } } }] }, {}, { a: 1, b: 2 }],
    ['in the branch of oneOf that fits', { oneOf: [{ required: ['x'], properties: { a: size } }, { required: ['y'], properties: { b: size } }] }, { y: 0 }, { y: 0, b: 1 }],
    ['in every branch of anyOf that fits', { anyOf: [{ properties: { a: size } }, { properties: { b: size } }, { required: ['z'], properties: { c: size } }] }, {}, { a: 1, b: 1 }],
    ['in then', { if: { required: ['x'] }, then: { properties: { a: size } }, else: { properties: { b: size } } }, { x: 0 }, { x: 0, a: 1 }],
    ['in else', { if: { required: ['x'] }, then: { properties: { a: size } }, else: { properties: { b: size } } }, {}, { b: 1 }],
    ['in dependentSchemas', { dependentSchemas: { x: { properties: { a: size } }, y: { properties: { b: size } } } }, { x: 0 }, { x: 0, a: 1 }],
    ['of items', { type: 'array', prefixItems: [{ properties: { a: size } }], items: { properties: { b: size } } }, [{}, {}], [{ a: 1 }, { b: 1 }]],
    ['of other properties', { patternProperties: { '^x': { properties: { a: size } } }, additionalProperties: { properties: { b: size } } }, { x: {}, y: {} }, { x: { a: 1 }, y: { b: 1 } }],
    ['by the name and by a pattern of it', { properties: { x: { properties: { a: size } } }, patternProperties: { '^x': { properties: { b: size } } }, additionalProperties: { properties: { c: size } } }, { x: {} }, { x: { a: 1, b: 1 } }],
    ['that is an object', { properties: { o: { type: 'object', default: { a: [1] } } } }, {}, { o: { a: [1] } }],
    ['never in place of null', { properties: { a: { type: ['integer', 'null'], default: 1 } } }, { a: null }, { a: null }],
  ]; // prettier-ignore

  test.each(rows)('%s is filled in', async (_where, schema, body, seen) => {
    expect(await sending(schema, body)).toEqual({ status: 200, body: seen, errors: undefined });
  });

  test('that is an object is a new one for everybody', async () => {
    const given: unknown[] = [];
    const addX: TestHandler = ({ body }, reply) => {
      given.push(body);
      return reply(200, body);
    };
    const schema = { properties: { o: { type: 'object', default: { seen: [] } } } };
    await using api = await serve(specOf(schema), { handlers: { addX } });
    for (let round = 0; round < 2; round += 1) await api.http.post('/x').send({}).expect(200);
    const [first, second] = given;
    expect(first).toEqual({ o: { seen: [] } });
    expect(second).toEqual(first);
    expect(Object.values(Object(second))[0]).not.toBe(Object.values(Object(first))[0]);
  });
});

describe('uniqueItems', () => {
  const unique = { type: 'array', uniqueItems: true };

  test.each<[items: unknown[], message: string]>([
    [[1, 2, 1], 'must not have the same item twice (0 and 2)'],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      'must not have the same item twice (0 and 1)',
    ],
    [
      [
        [1, { a: [2] }],
        [1, { a: [2] }],
      ],
      'must not have the same item twice (0 and 1)',
    ],
    [[null, null], 'must not have the same item twice (0 and 1)'],
  ])('%j', async (items, message) => {
    expect(await sending(unique, items)).toMatchObject({
      status: 422,
      errors: [{ pointer: '', type: 'uniqueItems', message }],
    });
  });

  test.each<[items: unknown[]]>([
    [[1, '1', true, 'true', null]],
    [[{ a: 1 }, { a: '1' }, { b: 1 }, {}]],
    [[[1, 2], [2, 1], []]],
    [[0, false, '']],
  ])('%j differ', async (items) => {
    expect(await sending(unique, items)).toMatchObject({ status: 200 });
  });

  test('of thousands that look alike takes no time', async () => {
    const looking: unknown[][] = [
      Array.from({ length: 10_000 }, (_, index) => ({ [`n${index}`]: index })),
      Array.from({ length: 9000 }, (_, index) => `${'x'.repeat(90)}${index}`),
      Array.from({ length: 3000 }, (_, index) => [[[[[index]]]]]),
    ];
    const loop = watchLoop();
    await using api = await serve(specOf(unique), { handlers: { addX: (_, reply) => reply(200, 'taken') } });
    for (const items of looking) {
      const body = JSON.stringify(items);
      const headers = { 'Content-Type': 'application/json' };
      const { status } = await loop.during(() =>
        ask(api.port, { method: 'POST', path: '/x', headers, body }),
      );
      expect(status).toBe(200);
    }
    expect(loop.blockedMs()).toBeLessThan(longestBlockMs);
  });
});
