import { describe, expect, test } from '@jest/globals';
import { json, operation, serve } from './support.ts';
import { ask, requestText, wire } from './wire.ts';
import type { Spec } from './support.ts';

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } } as const;
const name = { name: 'name', in: 'path', required: true, schema: { type: 'string' } } as const;

const pets: Spec = {
  servers: [{ url: '/api/v1' }],
  paths: {
    '/pets': { get: operation('listPets'), post: operation('addPet') },
    '/pets/{id}': { parameters: [id], get: operation('getPet'), delete: operation('deletePet') },
    '/pets/{id}/toys': { parameters: [id], get: operation('listToys') },
    '/pets/mine': { get: operation('getMine') },
    '/pets/{name}.png': { parameters: [name], get: operation('getPicture') },
    '/tag-{name}': { parameters: [name], get: operation('getTag') },
    '/a:b': { get: operation('getColon') },
    '/only-post': { post: operation('onlyPost') },
    '/own': { get: operation('getOwn'), head: operation('headOwn'), options: operation('optionsOwn') },
  },
};

describe('an operation is found by its path', () => {
  const found: [path: string, operationId: string, params: Record<string, string>][] = [
    ['/api/v1/pets', 'listPets', {}],
    ['/api/v1/pets?', 'listPets', {}],
    ['/api/v1/pets/7', 'getPet', { id: '7' }],
    ['/api/v1/pets/mine', 'getMine', {}],
    ['/api/v1/pets/mine/toys', 'listToys', { id: 'mine' }],
    ['/api/v1/pets/%6Dine', 'getMine', {}],
    ['/api/v1/pets/Mine', 'getPet', { id: 'Mine' }],
    ['/api/v1/pets/a%2Fb', 'getPet', { id: 'a/b' }],
    ['/api/v1/pets/a%2fb/toys', 'listToys', { id: 'a/b' }],
    ['/api/v1/pets/a%252Fb', 'getPet', { id: 'a%2Fb' }],
    ['/api/v1/pets/100%25', 'getPet', { id: '100%' }],
    ['/api/v1/pets/a+b', 'getPet', { id: 'a+b' }],
    ['/api/v1/pets/a%20b%3Fc%23d', 'getPet', { id: 'a b?c#d' }],
    ['/api/v1/pets/caf%C3%A9', 'getPet', { id: 'café' }],
    ['/api/v1/pets/a;b=1', 'getPet', { id: 'a;b=1' }],
    ['/api/v1/pets/..', 'getPet', { id: '..' }],
    ['/api/v1/pets/__proto__', 'getPet', { id: '__proto__' }],
    ['/api/v1/pets/rex.png', 'getPicture', { name: 'rex' }],
    ['/api/v1/pets/rex.2.png', 'getPicture', { name: 'rex.2' }],
    ['/api/v1/pets/rex.jpg', 'getPet', { id: 'rex.jpg' }],
    ['/api/v1/pets/.png', 'getPet', { id: '.png' }],
    ['/api/v1/tag-a-b', 'getTag', { name: 'a-b' }],
    ['/api/v1/a:b', 'getColon', {}],
    [`/api/v1/pets/${'x'.repeat(8000)}`, 'getPet', { id: 'x'.repeat(8000) }],
    ['http://elsewhere.example/api/v1/pets/7', 'getPet', { id: '7' }],
  ];

  test.each(found)('%s', async (path, operationId, params) => {
    await using api = await serve(pets);
    const { status, text } = await ask(api.port, { path });
    expect(api.handled).toEqual([operationId]);
    expect({ status, params: JSON.parse(text).params }).toEqual({ status: 200, params });
  });
});

describe('nothing else is', () => {
  const unknown = ['/', '/pets', '/api/v1', '/api/v1/', '/api/v1/pets/', '/api/v1//pets', '/api/v1/pets//toys',
    '/API/v1/pets', '/api/v1/Pets', '/api%2Fv1/pets', '/api/v1/pets/7/toys/', '/api/v1/tag', '/api/v1/tag-', '/api/v1/axb',
    '/api/v1/p0', '/api/v1/./pets', '/api/v1/x/../pets', '*']; // prettier-ignore

  test.each(unknown)('%s is a 404', async (path) => {
    await using api = await serve(pets);
    const { status, text } = await ask(api.port, { path });
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 404, code: 'not_found' });
  });

  test.each([
    '/api/v1/pets/%',
    '/api/v1/pets/%FF',
    '/api/v1/pets/%C3',
    '/api/v1/pets/%zz',
    '/%',
    '/api/v1/pets/%ED%A0%80',
  ])('%s is a 400: its encoding is malformed', async (path) => {
    await using api = await serve(pets);
    const { status, text } = await ask(api.port, { path });
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 400, code: 'bad_request' });
  });

  test('a fragment is a 400: no client sends one', async () => {
    await using api = await serve(pets);
    using client = await wire(api.port);
    client.send(requestText('GET /api/v1/pets/a#b'));
    expect(await client.receive(/\}$/)).toMatch(/^HTTP\/1\.1 400 [^]*must be percent-encoded/);
  });
});

describe('methods', () => {
  test('one that a literal path lacks is a 405, although a template has it', async () => {
    await using api = await serve(pets);
    const reply = await api.http.delete('/api/v1/pets/mine').expect(405);
    expect(reply.body).toMatchObject({ code: 'method_not_allowed', detail: 'DELETE is not supported here.' });
    expect(reply.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect(api.handled).toEqual([]);
  });

  const allowed: [path: string, allow: string][] = [
    ['/api/v1/pets', 'GET, POST, HEAD, OPTIONS'],
    ['/api/v1/pets/7', 'GET, DELETE, HEAD, OPTIONS'],
    ['/api/v1/only-post', 'POST, OPTIONS'],
    ['/api/v1/own', 'GET, HEAD, OPTIONS'],
  ];

  test.each(allowed)('of %s: %s, as a 405 says', async (path, allow) => {
    await using api = await serve(pets);
    const reply = await api.http.trace(path).expect(405);
    expect(reply.headers['allow']).toBe(allow);
  });

  test.each(allowed.slice(0, 3))('of %s: %s, as OPTIONS says', async (path, allow) => {
    await using api = await serve(pets);
    const reply = await api.http.options(path).expect(204);
    expect(reply.headers['allow']).toBe(allow);
    expect(reply.text).toBe('');
    expect(api.problems).toEqual([]);
  });

  test('OPTIONS of a path that there is not is a 404', async () => {
    await using api = await serve(pets);
    await api.http.options('/api/v1/nothing').expect(404);
  });

  test('HEAD answers as GET does, without the body', async () => {
    await using api = await serve(
      {
        paths: { '/pets': { get: operation('listPets', { responses: { 200: json({ type: 'array' }) } }) } },
      },
      { handlers: { listPets: (_request, reply) => reply(200, ['Rex']) } },
    );
    const head = await api.http.head('/pets').expect(200);
    const get = await api.http.get('/pets').expect(200);
    expect(head.text).toBeUndefined();
    expect(head.headers['content-length']).toBe(String(get.text.length));
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(api.handled).toEqual(['listPets', 'listPets']);
  });

  test('HEAD without GET is a 405', async () => {
    await using api = await serve(pets);
    await api.http.head('/api/v1/only-post').expect(405);
  });

  test('HEAD and OPTIONS of their own are called when the contract has them', async () => {
    await using api = await serve(pets);
    await api.http.head('/api/v1/own').expect(200);
    await api.http.options('/api/v1/own').expect(200);
    expect(api.handled).toEqual(['headOwn', 'optionsOwn']);
  });
});

test('a target that is no path is not the root, where the contract has one', async () => {
  await using api = await serve({ paths: { '/': { get: operation('getRoot') } } });
  expect((await ask(api.port, { path: '*' })).status).toBe(404);
  expect((await ask(api.port, { path: '/' })).status).toBe(200);
});
