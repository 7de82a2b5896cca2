/** Lists and objects in every place that has a style for them, as OpenAPI's own examples write them. */
import { describe, expect, test } from '@jest/globals';
import { operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { JsonSchema, ParameterObject } from '#contract/document.ts';

const list = { type: 'array', items: { type: 'integer' } };
const texts = { type: 'array', items: { type: 'string' } };
const colour = {
  type: 'object',
  properties: { R: { type: 'integer' }, G: { type: 'integer' }, name: { type: 'string' } },
  additionalProperties: false,
};
const named = { type: 'object', additionalProperties: { type: 'string' } };
const json = (schema: JsonSchema) => ({ content: { 'application/json': { schema } } });

/** Asks a contract with one parameter, `v`, in a path, a query, a header or a cookie. */
async function decoded(parameter: Partial<ParameterObject>, sent: string) {
  const place = parameter.in ?? 'query';
  const whole = { name: 'v', in: place, required: place === 'path', ...parameter };
  const template = place === 'path' ? '/a/{v}/b' : '/a/b';
  await using api = await serve({
    paths: { [template]: { get: operation('getA', { parameters: [whole] }) } },
  });
  const path = { path: `/a/${sent}/b`, query: `/a/b?${sent}`, header: '/a/b', cookie: '/a/b' }[place];
  const headers = { path: {}, query: {}, header: { V: sent }, cookie: { Cookie: `x=1; v=${sent}` } }[place];
  const { status, text } = await ask(api.port, { path, headers });
  const { params, query, headers: own, cookies, errors } = JSON.parse(text);
  const values = { path: params, query, header: own, cookie: cookies }[place];
  return { status, value: values?.v, errors };
}

const taken: [parameter: Partial<ParameterObject>, sent: string, value: unknown][] = [
  [{ in: 'path', schema: list }, '3,4,5', [3, 4, 5]],
  [{ in: 'path', schema: list }, '3', [3]],
  [{ in: 'path', schema: list, explode: true }, '3%2C4', [3, 4]],
  [{ in: 'path', schema: texts }, 'a%2Cb,c%2Fd,%20', ['a,b', 'c/d', ' ']],
  [{ in: 'path', schema: colour }, 'R,100,G,200', { R: 100, G: 200 }],
  [{ in: 'path', schema: colour, explode: true }, 'R=100,G=200', { R: 100, G: 200 }],
  [{ in: 'path', schema: colour, explode: true }, 'name=a%3Db%2C', { name: 'a=b,' }],
  [{ in: 'path', schema: named }, 'a,b', { a: 'b' }],
  [{ in: 'path', ...json(colour) }, '%7B%22R%22:1%7D', { R: 1 }],
  [{ in: 'header', schema: list }, '3, 4,5', [3, 4, 5]],
  [{ in: 'header', schema: texts }, 'a%2Cb, c', ['a%2Cb', 'c']],
  [{ in: 'header', schema: colour }, 'R,100, G,200', { R: 100, G: 200 }],
  [{ in: 'header', schema: colour, explode: true }, 'R=100, G=200', { R: 100, G: 200 }],
  [{ in: 'header', ...json(colour) }, '{"R": 1}', { R: 1 }],
  [{ in: 'cookie', explode: false, schema: list }, '3,4,5', [3, 4, 5]],
  [{ in: 'cookie', explode: false, schema: colour }, 'R,100,name,a%2Cb', { R: 100, name: 'a,b' }],
  [{ in: 'cookie', ...json(colour) }, '%7B%22R%22%3A1%7D', { R: 1 }],
  [{ explode: false, schema: colour }, 'v=R,100,G,200', { R: 100, G: 200 }],
  [{ style: 'spaceDelimited', schema: list }, 'v=3%204%205', [3, 4, 5]],
  [{ style: 'spaceDelimited', schema: texts }, 'v=a+b', ['a', 'b']],
  [{ style: 'spaceDelimited', schema: colour }, 'v=R%20100%20G%20200', { R: 100, G: 200 }],
  [{ style: 'pipeDelimited', schema: list }, 'v=3|4%7C5', [3, 4, 5]],
  [{ style: 'pipeDelimited', schema: colour }, 'v=R|100|G|200', { R: 100, G: 200 }],
  [{ style: 'deepObject', schema: colour }, 'v[R]=100&v%5BG%5D=200', { R: 100, G: 200 }],
  [{ style: 'deepObject', schema: { type: 'object', properties: { tags: texts } } }, 'v[tags]=a&v[tags][]=b', { tags: ['a', 'b'] }],
  [{ style: 'deepObject', schema: named }, 'v[a.b]=c', { 'a.b': 'c' }],
  [{ schema: colour }, 'R=100&name=x', { R: 100, name: 'x' }],
  [json({ type: 'array', items: colour }), 'v=[{%22R%22:1}]', [{ R: 1 }]],
]; // prettier-ignore

test.each(taken)('%j %s', async (parameter, sent, value) => {
  expect(await decoded(parameter, sent)).toMatchObject({ status: 200, value });
});

const refused: [parameter: Partial<ParameterObject>, sent: string, status: number, error: object][] = [
  [{ in: 'path', schema: list }, '3,x', 422, { pointer: '/v/1', in: 'path', type: 'type' }],
  [{ in: 'path', schema: colour }, 'R,100,G', 422, { pointer: '/v', type: 'type' }],
  [{ in: 'path', schema: colour }, 'R,1,R,2', 422, { pointer: '/v', type: 'type' }],
  [{ in: 'path', schema: colour, explode: true }, 'B=1', 422, { pointer: '/v/B', type: 'additionalProperties' }],
  [{ in: 'header', schema: colour }, 'R,x', 422, { pointer: '/v/R', in: 'header', type: 'type' }],
  [{ in: 'cookie', explode: false, schema: colour }, 'R', 422, { pointer: '/v', in: 'cookie', type: 'type' }],
  [{ style: 'pipeDelimited', schema: list }, 'v=1|2&v=3', 422, { pointer: '/v', type: 'repeated' }],
  [{ style: 'spaceDelimited', schema: list }, 'v=1%20%202', 422, { pointer: '/v/1', type: 'type' }],
  [{ style: 'deepObject', schema: colour }, 'v[R][x]=1', 422, { pointer: '/v[R][x]', type: 'additionalProperties' }],
  [{ schema: colour }, 'v=1', 422, { pointer: '/v', type: 'style' }],
  [json(colour), 'v={', 400, {}],
  [json(colour), 'v={%22R%22:%22x%22}', 422, { pointer: '/v/R', type: 'type' }],
]; // prettier-ignore

test.each(refused)('%j %s is refused', async (parameter, sent, status, error) => {
  const answer = await decoded(parameter, sent);
  expect(answer.status).toBe(status);
  expect(answer.errors?.[0] ?? {}).toMatchObject(error);
});

describe('the prefix of a server', () => {
  const variables = { version: { default: 'v2' }, tenant: { default: 'ours' } };

  test.each(['https://{tenant}.a.example/api/{version}', '/api/{version}/'])(
    '%s has its defaults',
    async (url) => {
      await using api = await serve({
        servers: [{ url, variables }],
        paths: { '/a': { get: operation('getA') } },
      });
      await api.http.get('/api/v2/a').expect(200);
      await api.http.get('/api/v1/a').expect(404);
      await api.http.get('/a').expect(404);
    },
  );
});
