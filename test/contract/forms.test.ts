import { describe, expect, test } from '@jest/globals';
import { anyProblem, json, operation, serve } from './support.ts';
import type { Spec } from './support.ts';

const schema = {
  type: 'object',
  required: ['username'],
  properties: {
    username: { type: 'string' },
    age: { type: 'integer', default: 18 },
    agree: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'integer' } },
  },
  additionalProperties: false,
};
const spec: Spec = {
  paths: {
    '/login': {
      post: operation('login', {
        requestBody: {
          required: true,
          content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
        },
        responses: { 200: json({}), default: anyProblem },
      }),
    },
  },
};

const taken: [form: string, body: object][] = [
  ['username=ada', { username: 'ada', age: 18 }],
  ['username=a+b%40c&age=36&agree=true', { username: 'a b@c', age: 36, agree: true }],
  ['username=ada&tags=1&tags=2', { username: 'ada', age: 18, tags: [1, 2] }],
  ['username=', { username: '', age: 18 }],
];

test.each(taken)('%s is decoded by its schema', async (form, body) => {
  await using api = await serve(spec);
  const reply = await api.http.post('/login').type('form').send(form).expect(200);
  expect(reply.body.body).toEqual(body);
});

const refused: [form: string, status: number, error: object | undefined][] = [
  [
    'age=1',
    422,
    { field: 'body.username', pointer: '/username', in: 'body', message: 'is required', type: 'required' },
  ],
  ['username=a&age=x', 422, { pointer: '/age', message: 'must be integer' }],
  [
    'username=a&username=b',
    422,
    { pointer: '/username', in: 'body', message: 'must be given only once', type: 'repeated' },
  ],
  ['username=a&colour=red', 422, { pointer: '/colour', message: 'is not a known property' }],
  ['username=a&__proto__=1', 422, { pointer: '/__proto__' }],
  ['username=%00', 422, { pointer: '/username', type: 'text' }],
  ['username=%FF', 400, undefined],
  ['&'.repeat(1001), 400, undefined],
];

test.each(refused)('%s is refused', async (form, status, error) => {
  await using api = await serve(spec);
  const { body } = await api.http.post('/login').type('form').send(form).expect(status);
  expect(body.errors?.[0]).toEqual(error && expect.objectContaining(error));
  expect(api.handled).toEqual([]);
});

test('forms and JSON are taken side by side, and a 415 names both', async () => {
  await using api = await serve(spec);
  await api.http.post('/login').send({ username: 'ada' }).expect(200);
  const { headers } = await api.http.post('/login').type('text/plain').send('x').expect(415);
  expect(headers['accept-post']).toBe('application/json, application/x-www-form-urlencoded');
});

describe('an encoding says how a property is written', () => {
  const point = { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } };
  const encoded: Spec = {
    components: { schemas: { Tagged: { type: 'object', required: ['tags'], properties: { tags: { type: 'array', items: { type: 'integer' } } } } } },
    paths: {
      '/points': {
        post: operation('addPoint', {
          requestBody: {
            required: true,
            content: {
              'application/x-www-form-urlencoded': {
                schema: {
                  allOf: [
                    { $ref: '#/components/schemas/Tagged' },
                    { type: 'object', properties: { point, points: { type: 'array', items: point }, note: { type: 'string', default: '' } } },
                  ],
                  unevaluatedProperties: false,
                },
                encoding: {
                  tags: { style: 'pipeDelimited', explode: false },
                  point: { contentType: 'application/json' },
                  points: { contentType: 'application/json' },
                  note: { contentType: 'text/plain' },
                },
              },
            },
          },
        }),
      },
    },
  }; // prettier-ignore

  test('lists by their style, JSON as JSON, and allOf is one object', async () => {
    await using api = await serve(encoded);
    const form = 'tags=1|2%7C3&point=%7B%22x%22%3A1%7D&points=[{"x":2}]';
    const { body } = await api.http.post('/points').type('form').send(form).expect(200);
    expect(body.body).toEqual({ tags: [1, 2, 3], point: { x: 1 }, points: [{ x: 2 }], note: '' });
  });

  const faulty: [form: string, error: object][] = [
    ['tags=1|x', { pointer: '/tags/1', type: 'type' }],
    ['tags=1&point={', { pointer: '/point', type: 'json', message: 'must be JSON' }],
    ['tags=1&point=1', { pointer: '/point', type: 'type' }],
    ['tags=1&point={"x":"1"}', { pointer: '/point/x', type: 'type' }],
    ['tags=1&point={}&point={}', { pointer: '/point', type: 'repeated' }],
    ['tags=1&point={"__proto__":1}', { pointer: '/point/__proto__' }],
    ['tags=1&colour=red', { pointer: '/colour', type: 'unevaluatedProperties' }],
    [`tags=1&points=${'['.repeat(20_000)}`, { type: 'depth' }],
  ];

  test.each(faulty)('%.40s is a 422', async (form, error) => {
    await using api = await serve(encoded);
    const { body } = await api.http.post('/points').type('form').send(form).expect(422);
    expect(body.errors[0]).toMatchObject(error);
  });

  test('a form of too many values of JSON is a 413', async () => {
    await using api = await serve(encoded);
    await api.http
      .post('/points')
      .type('form')
      .send(`tags=1&points=[${'1,'.repeat(300_000)}1]`)
      .expect(413);
  });
});
