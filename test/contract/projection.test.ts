import { expect, test } from '@jest/globals';
import { anyProblem, json, operation, serve } from './support.ts';
import type { JsonSchema } from '#contract/document.ts';

const integer = { type: 'integer' };
const text = { type: 'string' };
const secret = { hash: 'argon2', password: 'x' };

const schemas: Record<string, JsonSchema> = {
  Owner: { type: 'object', properties: { id: integer, name: text } },
  Password: { type: 'string', writeOnly: true },
  Node: {
    type: 'object',
    properties: { name: text, children: { type: 'array', items: { $ref: '#/components/schemas/Node' } } },
  },
  Described: { type: 'object', description: 'Says nothing of its properties', required: ['id'] },
  Alias: { $ref: '#/components/schemas/Owner' },
  Cat: {
    type: 'object',
    required: ['kind', 'purrs'],
    properties: { kind: { const: 'cat' }, purrs: { type: 'boolean' } },
    additionalProperties: false,
  },
  Dog: {
    type: 'object',
    required: ['kind', 'barks'],
    properties: { kind: { const: 'dog' }, barks: { type: 'boolean' } },
  },
};

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const owner = ref('Owner');
/** Without a discriminator every branch is tried. */
const undecided = { oneOf: [ref('Cat'), ref('Dog')] };
const pet = { oneOf: [ref('Cat'), ref('Dog')], discriminator: { propertyName: 'kind' } };

/** What leaves the server when a handler answers with this value under this schema. */
async function leaving(schema: JsonSchema, value: unknown, breaches: 'fail' | 'report' = 'fail') {
  await using api = await serve(
    {
      components: { schemas },
      paths: { '/x': { get: operation('getX', { responses: { 200: json(schema), default: anyProblem } }) } },
    },
    { breaches, handlers: { getX: (_, reply) => reply(200, value) } },
  );
  const { body, status } = await api.http.get('/x');
  expect({ status, breaches: api.breaches.length }).toEqual({
    status: 200,
    breaches: breaches === 'fail' ? 0 : 1,
  });
  return body;
}

const projected: [what: string, schema: JsonSchema, value: unknown, left: unknown][] = [
  ['declared properties', owner, { id: 1, name: 'Ada', ...secret }, { id: 1, name: 'Ada' }],
  ['no inherited ones', owner, Object.create({ id: 1 }), {}],
  ['no undefined ones', owner, { id: 1, name: undefined }, { id: 1 }],
  ['what stands behind two $refs', ref('Alias'), { id: 1, ...secret }, { id: 1 }],
  ['items of a list', { type: 'array', items: owner }, [{ id: 1, ...secret }], [{ id: 1 }]],
  [
    'the inside of properties',
    { properties: { owner } },
    { owner: { id: 1, ...secret }, ...secret },
    { owner: { id: 1 } },
  ],
  [
    'recursive schemas, all the way down',
    ref('Node'),
    { name: 'a', children: [{ name: 'b', ...secret, children: [{ name: 'c', ...secret }] }] },
    { name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }] },
  ],
  [
    'every part of allOf',
    { allOf: [owner, { properties: { age: integer } }] },
    { id: 1, age: 36, ...secret },
    { id: 1, age: 36 },
  ],
  [
    'allOf beside properties',
    { properties: { age: integer }, allOf: [owner] },
    { id: 1, age: 36, ...secret },
    { id: 1, age: 36 },
  ],
  [
    'nothing more for a part that only narrows',
    { allOf: [owner, { required: ['id'] }, ref('Described')] },
    { id: 1, ...secret },
    { id: 1 },
  ],
  [
    'nothing more for a property that another part narrows',
    { allOf: [{ properties: { owner } }, { properties: { owner: { required: ['id'] } } }] },
    { owner: { id: 1, ...secret } },
    { owner: { id: 1 } },
  ],
  [
    'a property that two parts describe, as both do',
    {
      allOf: [
        { properties: { a: { properties: { x: integer } } } },
        { properties: { a: { properties: { y: integer } } } },
      ],
    },
    { a: { x: 1, y: 2, z: 3 } },
    { a: { x: 1, y: 2 } },
  ],
  [
    'the branch of oneOf that fits',
    pet,
    { kind: 'cat', purrs: true, barks: false, ...secret },
    { kind: 'cat', purrs: true },
  ],
  [
    'the other branch of oneOf',
    pet,
    { kind: 'dog', barks: true, purrs: true, ...secret },
    { kind: 'dog', barks: true },
  ],
  [
    'the branch of oneOf that fits, without a discriminator',
    undecided,
    { kind: 'cat', purrs: true, barks: false, ...secret },
    { kind: 'cat', purrs: true },
  ],
  [
    'every branch of anyOf that fits',
    { anyOf: [owner, { properties: { age: integer } }] },
    { id: 1, age: 36, ...secret },
    { id: 1, age: 36 },
  ],
  [
    'anyOf beside properties',
    { properties: { age: integer }, anyOf: [{ required: ['age'] }, owner] },
    { age: 36, ...secret },
    { age: 36 },
  ],
  ['what may be null', { oneOf: [owner, { type: 'null' }] }, { id: 1, ...secret }, { id: 1 }],
  ['null', { oneOf: [owner, { type: 'null' }] }, null, null],
  ['text or an object', { anyOf: [text, owner] }, 'x', 'x'],
  [
    'a list of choices',
    { type: 'array', items: pet },
    [
      { kind: 'cat', purrs: true, barks: 1 },
      { kind: 'dog', barks: true, purrs: 1 },
    ],
    [
      { kind: 'cat', purrs: true },
      { kind: 'dog', barks: true },
    ],
  ],
  [
    'other properties that the contract allows',
    { properties: { a: integer }, additionalProperties: true },
    { a: 1, b: { c: 2 } },
    { a: 1, b: { c: 2 } },
  ],
  [
    'other properties, projected',
    { additionalProperties: owner },
    { ada: { id: 1, ...secret } },
    { ada: { id: 1 } },
  ],
  ['no other properties', { additionalProperties: false }, secret, {}],
  [
    'no writeOnly',
    { properties: { id: integer, password: { type: 'string', writeOnly: true } } },
    { id: 1, ...secret },
    { id: 1 },
  ],
  [
    'no writeOnly, although it is required',
    { required: ['password'], properties: { id: integer, password: { type: 'string', writeOnly: true } } },
    { id: 1, ...secret },
    { id: 1 },
  ],
  [
    'no writeOnly behind a $ref',
    { properties: { id: integer, password: ref('Password') } },
    { id: 1, ...secret },
    { id: 1 },
  ],
  [
    'no writeOnly in allOf',
    { properties: { id: integer, password: { allOf: [ref('Password')] } } },
    { id: 1, ...secret },
    { id: 1 },
  ],
  [
    'no writeOnly beside other properties',
    { properties: { password: ref('Password') }, additionalProperties: true },
    { id: 1, password: 'x' },
    { id: 1 },
  ],
  [
    'no writeOnly, although nothing else is declared',
    { properties: { password: ref('Password') } },
    { id: 1, password: 'x' },
    {},
  ],
  ['anything where the contract allows anything', {}, { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ['any object where it allows any', { type: 'object' }, { a: 1 }, { a: 1 }],
  ['a Date where nothing is said of it', {}, new Date(0), '1970-01-01T00:00:00.000Z'],
  [
    'a property called constructor, if there is one',
    { properties: { constructor: text } },
    { constructor: 'x' },
    { constructor: 'x' },
  ],
  ['no constructor, if there is none', { properties: { constructor: text } }, {}, {}],
  ['no __proto__', { additionalProperties: true }, JSON.parse('{"__proto__":{"a":1},"b":2}'), { b: 2 }],
];

test.each(projected)('lets out %s', async (_what, schema, value, left) => {
  expect(await leaving(schema, value)).toEqual(left);
});

const broken: [what: string, schema: JsonSchema, value: unknown, left: unknown][] = [
  [
    'of a value whose discriminator names no branch, only that',
    pet,
    { kind: 'cow', purrs: true, barks: true, ...secret },
    { kind: 'cow' },
  ],
  [
    'of a value that fits no branch, what any branch declares',
    undecided,
    { kind: 'cow', purrs: true, barks: true, ...secret },
    { kind: 'cow', purrs: true, barks: true },
  ],
  [
    'of a list of values that fit no branch, what any branch declares',
    { type: 'array', items: undecided },
    [{ kind: 'cow', purrs: true, ...secret }, secret],
    [{ kind: 'cow', purrs: true }, {}],
  ],
  [
    'of an object where text belongs, nothing',
    { properties: { title: text } },
    { title: secret },
    { title: {} },
  ],
  ['of an object where a list belongs, nothing', { type: 'array', items: owner }, secret, {}],
  ['of a list where an object belongs, nothing', owner, [secret], []],
];

test.each(broken)('lets out %s, also when it is only told', async (_what, schema, value, left) => {
  expect(await leaving(schema, value, 'report')).toEqual(left);
});

const followed: [what: string, schema: JsonSchema, value: unknown, left: unknown][] = [
  [
    'patternProperties',
    { patternProperties: { '^x': owner } },
    { xa: { id: 1, ...secret }, y: 1 },
    { xa: { id: 1 } },
  ],
  [
    'a name and a pattern that it matches',
    { properties: { xa: owner }, patternProperties: { '^x': { properties: { age: integer } } } },
    { xa: { id: 1, age: 36, ...secret } },
    { xa: { id: 1, age: 36 } },
  ],
  ['prefixItems', { prefixItems: [owner] }, [{ id: 1, ...secret }, secret], [{ id: 1 }]],
  [
    'dependentSchemas',
    {
      properties: { a: integer },
      dependentSchemas: { a: { properties: { b: integer } }, x: { properties: { c: integer } } },
    },
    { a: 1, b: 2, c: 3, x: 4 },
    { a: 1, b: 2 },
  ],
  [
    'then and else',
    {
      properties: { k: text },
      required: ['k'],
      if: { properties: { k: { const: 'a' } } },
      then: { properties: { b: integer } },
      else: { properties: { c: integer } },
    },
    { k: 'a', b: 1, c: 2 },
    { k: 'a', b: 1 },
  ],
];

test.each(followed)('follows %s', async (_what, schema, value, left) => {
  expect(await leaving(schema, value)).toEqual(left);
});
