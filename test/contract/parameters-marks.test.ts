/** `readOnly` and `writeOnly` speak of properties of bodies: a parameter of such a schema is the client's all the same. */
import { expect, test } from '@jest/globals';
import { json, operation, serve } from './support.ts';
import type { JsonSchema, ParameterObject } from '#contract/document.ts';

const schemas: Record<string, JsonSchema> = {
  Id: { type: 'integer', readOnly: true, minimum: 1 },
  Fingerprint: { type: 'string', readOnly: true, pattern: '^(?:[0-9a-f]{2}:)+[0-9a-f]{2}$' },
  Key: {
    type: 'object',
    required: ['id'],
    properties: { id: { $ref: '#/components/schemas/Id' }, secret: { type: 'string', writeOnly: true } },
    additionalProperties: false,
  },
};
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const given: [what: string, parameter: Partial<ParameterObject>, path: string, value: unknown][] = [
  ['itself', { schema: ref('Id') }, '/things?v=7', 7],
  ['in anyOf', { schema: { anyOf: [ref('Id'), ref('Fingerprint')] } }, '/things?v=7', 7],
  ['in anyOf, the other', { schema: { anyOf: [ref('Id'), ref('Fingerprint')] } }, '/things?v=a0:b1', 'a0:b1'],
  ['in oneOf', { schema: { oneOf: [ref('Fingerprint'), ref('Id')] } }, '/things?v=7', 7],
  ['in allOf', { schema: { allOf: [ref('Id')] } }, '/things?v=7', 7],
  ['as an item', { schema: { type: 'array', items: ref('Id') } }, '/things?v=7&v=8', [7, 8]],
  ['as a property', { style: 'deepObject', schema: ref('Key') }, '/things?v[id]=7', { id: 7 }],
  ['as a property of JSON', { content: { 'application/json': { schema: ref('Key') } } }, '/things?v={%22id%22:7}', { id: 7 }],
]; // prettier-ignore

/** Asks for something with one query parameter, `v`, beside a body that has the same schema. */
async function ask(parameter: Partial<ParameterObject>, path: string) {
  await using api = await serve({
    components: { schemas },
    paths: {
      '/things': {
        get: operation('getThings', { parameters: [{ name: 'v', in: 'query', ...parameter }] }),
        post: operation('addThing', { requestBody: json(ref('Key')) }),
      },
    },
  });
  const { status, body } = await api.http.get(path);
  const { body: sent } = await api.http.post('/things').send({ id: 7 }).expect(422);
  expect(sent.errors).toMatchObject([{ pointer: '/id', type: 'readOnly' }]);
  return { status, body };
}

test.each(given)('a readOnly schema %s', async (_what, parameter, path, value) => {
  expect(await ask(parameter, path)).toMatchObject({ status: 200, body: { query: { v: value } } });
});

const refused: [what: string, parameter: Partial<ParameterObject>, path: string, error: object][] = [
  ['its limits', { schema: ref('Id') }, '/things?v=0', { pointer: '/v', type: 'minimum' }],
  ['its limits in allOf', { schema: { allOf: [ref('Id')] } }, '/things?v=0', { pointer: '/v', type: 'minimum' }],
  ['what it requires', { style: 'deepObject', schema: ref('Key') }, '/things?v[secret]=x', { pointer: '/v/id', type: 'required' }],
]; // prettier-ignore

test.each(refused)('is still held to %s', async (_what, parameter, path, error) => {
  expect(await ask(parameter, path)).toMatchObject({ status: 422, body: { errors: [error] } });
});

test('in a path, as digitalocean.com has it', async () => {
  await using api = await serve({
    components: { schemas },
    paths: {
      '/keys/{key}': {
        parameters: [
          { name: 'key', in: 'path', required: true, schema: { anyOf: [ref('Id'), ref('Fingerprint')] } },
        ],
        get: operation('getKey'),
      },
    },
  });
  const { body } = await api.http.get('/keys/a0:b1').expect(200);
  expect(body.params).toEqual({ key: 'a0:b1' });
  await api.http.get('/keys/none').expect(422);
});
