/** A contract with bodies of several kinds, for the tests of what may be sent. */
import { expect } from '@jest/globals';
import { json, operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { Spec } from './support.ts';

export const thing = {
  type: 'object',
  required: ['title'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 20 },
    size: { type: 'integer', minimum: 0, maximum: 9 },
    address: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string' } },
      additionalProperties: false,
    },
    tags: { type: 'array', maxItems: 3, items: { type: 'string' } },
    note: { type: ['string', 'null'], pattern: '^[a-z]*$', 'x-message': 'may have lower-case letters only' },
    kind: { enum: ['lamp', 'chair'], default: 'lamp' },
    id: { type: 'integer', readOnly: true },
  },
  additionalProperties: false,
};

export const things: Spec = {
  components: { schemas: { Anything: {}, Thing: thing } },
  paths: {
    '/things': {
      post: operation('addThing', {
        requestBody: { required: true, ...json({ $ref: '#/components/schemas/Thing' }) },
      }),
      patch: operation('changeThing', { requestBody: json({ $ref: '#/components/schemas/Thing' }) }),
      put: operation('putThing', {
        requestBody: { content: { 'application/merge-patch+json': { schema: {} } } },
      }),
      get: operation('getThings'),
      delete: operation('deleteThings'),
    },
    '/anything': {
      post: operation('addAnything', { requestBody: json({ $ref: '#/components/schemas/Anything' }) }),
    },
    '/small': { post: { ...operation('addSmall', { requestBody: json({}) }), 'x-max-body': 100 } },
  },
};

const jsonType = { 'Content-Type': 'application/json' };

/** Posts a body, byte by byte as given. */
export async function postThing(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  await using api = await serve(things);
  const answer = await ask(api.port, { method: 'POST', path, headers: { ...jsonType, ...headers }, body });
  const parsed = JSON.parse(answer.text);
  expect(api.handled).toEqual(answer.status === 200 ? [expect.any(String)] : []);
  return { ...answer, body: parsed, errors: parsed.errors };
}
