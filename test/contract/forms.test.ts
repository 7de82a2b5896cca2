import { expect, test } from '@jest/globals';
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
