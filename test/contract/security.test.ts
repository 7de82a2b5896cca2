import { describe, expect, test } from '@jest/globals';
import { Problem, serviceUnavailable } from '#contract';
import { json, operation, serve } from './support.ts';
import { requestText, wire } from './wire.ts';
import type { Authenticator } from '#contract';
import type { SecurityRequirement } from '#contract/document.ts';
import type { TinyOptions } from './support.ts';

/** Reads the header of its own name: `x-key: ada admin` is Ada with the scope admin; `wrong` is nobody. */
function byHeader(name: string): Authenticator<unknown> {
  return {
    challenge: `Key name=${name}`,
    async authenticate({ headers }) {
      const value = headers[name];
      if (typeof value !== 'string') return { kind: 'absent' };
      if (value === 'wrong') return { kind: 'refused', challenge: `Key name=${name}, error=wrong` };
      if (value === 'broken') throw new Error('The database is down');
      if (value === 'busy')
        throw serviceUnavailable('overloaded', 'Too many at once.', { retryAfterSeconds: 7 });
      const [user, ...scopes] = value.split(' ');
      return { kind: 'accepted', principal: `${user} by ${name}`, scopes };
    },
  };
}

const authenticators = { a: byHeader('x-a'), b: byHeader('x-b') };

/** Serves `/things` under these alternatives. */
function secured(security: readonly SecurityRequirement[], options: TinyOptions = {}) {
  return serve(
    {
      components: { securitySchemes: { a: {}, b: {} } },
      paths: { '/things': { get: operation('getThings', { security }) } },
    },
    { authenticators, ...options },
  );
}

interface Outcome {
  readonly status: number;
  readonly principal?: string | undefined;
  readonly challenge?: string;
}

const challengeA = 'Key name=x-a';
const challengeB = 'Key name=x-b';
const wrongA = 'Key name=x-a, error=wrong';
const wrongB = 'Key name=x-b, error=wrong';

const table: [
  what: string,
  security: SecurityRequirement[],
  headers: Record<string, string>,
  outcome: Outcome,
][] = [
  ['public', [], {}, { status: 200 }],
  ['public, with a wrong credential, which is ignored', [], { 'x-a': 'wrong' }, { status: 200 }],
  ['public, with a good one, which is ignored as well', [], { 'x-a': 'ada' }, { status: 200 }],

  ['one scheme', [{ a: [] }], { 'x-a': 'ada' }, { status: 200, principal: 'ada by x-a' }],
  ['one scheme, absent', [{ a: [] }], {}, { status: 401, challenge: challengeA }],
  ['one scheme, refused', [{ a: [] }], { 'x-a': 'wrong' }, { status: 401, challenge: wrongA }],
  [
    'one scheme, that of another given',
    [{ a: [] }],
    { 'x-b': 'bob' },
    { status: 401, challenge: challengeA },
  ],
  [
    'one scheme, that of another wrong',
    [{ a: [] }],
    { 'x-a': 'ada', 'x-b': 'wrong' },
    { status: 200, principal: 'ada by x-a' },
  ],

  ['a scope', [{ a: ['admin'] }], { 'x-a': 'ada admin' }, { status: 200, principal: 'ada by x-a' }],
  ['a scope, missing', [{ a: ['admin'] }], { 'x-a': 'ada user' }, { status: 403 }],
  ['a scope, absent', [{ a: ['admin'] }], {}, { status: 401, challenge: challengeA }],
  ['two scopes, one missing', [{ a: ['user', 'admin'] }], { 'x-a': 'ada user' }, { status: 403 }],
  [
    'one scope or the other',
    [{ a: ['admin'] }, { a: ['user'] }],
    { 'x-a': 'ada user' },
    { status: 200, principal: 'ada by x-a' },
  ],

  ['both', [{ a: [], b: [] }], { 'x-a': 'ada', 'x-b': 'bob' }, { status: 200, principal: 'ada by x-a' }],
  [
    'both, the other first',
    [{ b: [], a: [] }],
    { 'x-a': 'ada', 'x-b': 'bob' },
    { status: 200, principal: 'bob by x-b' },
  ],
  [
    'both, one absent',
    [{ a: [], b: [] }],
    { 'x-a': 'ada' },
    { status: 401, challenge: `${challengeA}, ${challengeB}` },
  ],
  [
    'both, one refused',
    [{ a: [], b: [] }],
    { 'x-a': 'ada', 'x-b': 'wrong' },
    { status: 401, challenge: wrongB },
  ],
  ['both, one without its scope', [{ a: ['admin'], b: [] }], { 'x-a': 'ada', 'x-b': 'bob' }, { status: 403 }],

  ['either, the first', [{ a: [] }, { b: [] }], { 'x-a': 'ada' }, { status: 200, principal: 'ada by x-a' }],
  ['either, the second', [{ a: [] }, { b: [] }], { 'x-b': 'bob' }, { status: 200, principal: 'bob by x-b' }],
  [
    'either, both given',
    [{ a: [] }, { b: [] }],
    { 'x-a': 'ada', 'x-b': 'bob' },
    { status: 200, principal: 'ada by x-a' },
  ],
  ['either, none', [{ a: [] }, { b: [] }], {}, { status: 401, challenge: `${challengeA}, ${challengeB}` }],
  [
    'either, one refused beside a good one',
    [{ a: [] }, { b: [] }],
    { 'x-a': 'ada', 'x-b': 'wrong' },
    { status: 401, challenge: wrongB },
  ],
  [
    'either, one without its scope',
    [{ a: ['admin'] }, { b: [] }],
    { 'x-a': 'ada', 'x-b': 'bob' },
    { status: 200, principal: 'bob by x-b' },
  ],

  ['optional, absent', [{}, { a: [] }], {}, { status: 200, principal: undefined }],
  ['optional, given', [{}, { a: [] }], { 'x-a': 'ada' }, { status: 200, principal: 'ada by x-a' }],
  ['optional, refused', [{}, { a: [] }], { 'x-a': 'wrong' }, { status: 401, challenge: wrongA }],
  [
    'optional, without its scope, is anonymous',
    [{ a: ['admin'] }, {}],
    { 'x-a': 'ada' },
    { status: 200, principal: undefined },
  ],
  ['nothing but {}', [{}], { 'x-a': 'wrong' }, { status: 200, principal: undefined }],

  ['failed', [{ a: [] }], { 'x-a': 'broken' }, { status: 503 }],
  ['failed beside a good one', [{ a: [] }, { b: [] }], { 'x-a': 'broken', 'x-b': 'bob' }, { status: 503 }],
  ['failed where none is needed', [{}, { a: [] }], { 'x-a': 'broken' }, { status: 503 }],
];

test.each(table)('%s', async (_what, security, headers, { status, principal, challenge }) => {
  await using api = await secured(security);
  const reply = await api.http.get('/things').set(headers);
  expect({
    status: reply.status,
    principal: reply.body.principal,
    challenge: reply.headers['www-authenticate'],
    handled: api.handled,
  }).toEqual({ status, principal, challenge, handled: status === 200 ? ['getThings'] : [] });
});

describe('what a client is told', () => {
  test('without a credential: that it is not authenticated', async () => {
    await using api = await secured([{ a: [] }]);
    const { body } = await api.http.get('/things').expect(401);
    expect(body).toMatchObject({ code: 'unauthorized', detail: 'Not authenticated' });
  });

  test('with a refused one: the same words, whatever was wrong with it', async () => {
    await using api = await secured([{ a: [] }]);
    const { body } = await api.http.get('/things').set('x-a', 'wrong').expect(401);
    expect(body).toMatchObject({ code: 'unauthorized', detail: 'Could not validate credentials' });
  });

  test('without the scope: that its role does not allow this', async () => {
    await using api = await secured([{ a: ['admin'] }]);
    const { body } = await api.http.get('/things').set('x-a', 'ada').expect(403);
    expect(body).toMatchObject({ code: 'forbidden', detail: 'Your role does not allow this.' });
  });

  test('when credentials cannot be checked: to come back, and nothing of the reason', async () => {
    await using api = await secured([{ a: [] }]);
    const reply = await api.http.get('/things').set('x-a', 'broken').expect(503);
    expect(reply.headers['retry-after']).toBe('1');
    expect(reply.text).not.toMatch(/database/i);
    expect(api.problems[0]?.cause).toMatchObject({ message: 'The database is down' });
  });

  test.each([
    [503, 503, 'down'],
    [502, 502, 'down'],
    [409, 503, 'service_unavailable'],
  ])('when the application makes a %d of the error: a %d', async (made, status, code) => {
    const toProblem = () => new Problem({ status: made, code: 'down', title: 'Down', detail: 'Down.' });
    await using api = await secured([{ a: [] }], { toProblem });
    const { body } = await api.http.get('/things').set('x-a', 'broken').expect(status);
    expect(body.code).toBe(code);
  });

  test('when the authenticator throws a problem of its own: that one', async () => {
    await using api = await secured([{ a: [] }]);
    const reply = await api.http.get('/things').set('x-a', 'busy').expect(503);
    expect(reply.body).toMatchObject({ code: 'overloaded' });
    expect(reply.headers['retry-after']).toBe('7');
  });
});

test('security of the document holds where the operation is silent', async () => {
  await using api = await serve(
    {
      security: [{ a: [] }],
      components: { securitySchemes: { a: {} } },
      paths: { '/things': { get: operation('getThings'), post: operation('openThings', { security: [] }) } },
    },
    { authenticators },
  );
  await api.http.get('/things').expect(401);
  await api.http.head('/things').expect(401);
  await api.http.post('/things').expect(200);
});

test('an authenticator that answers nonsense is a 503, not a way in', async () => {
  const nonsense = JSON.parse('[{}, { "kind": "yes" }, null, true]');
  for (const answer of nonsense) {
    const authenticator = { challenge: 'Key', authenticate: async () => answer };
    await using api = await secured([{ a: [] }], { authenticators: { a: authenticator } });
    const { status } = await api.http.get('/things');
    expect({ answer, isRefused: status === 401 || status === 503 }).toEqual({ answer, isRefused: true });
    expect(api.handled).toEqual([]);
  }
});

test('a scheme in several alternatives is asked once for each request', async () => {
  const asked: string[] = [];
  const counting = (name: string): Authenticator<unknown> => ({
    challenge: name,
    async authenticate() {
      asked.push(name);
      return { kind: 'accepted', principal: name, scopes: ['user'] };
    },
  });
  await using api = await secured([{ a: ['admin'] }, { a: [], b: [] }, { a: ['user'] }], {
    authenticators: { a: counting('a'), b: counting('b') },
  });
  await api.http.get('/things').expect(200);
  expect(asked.sort()).toEqual(['a', 'b']);
  await api.http.get('/things').expect(200);
  expect(asked.sort()).toEqual(['a', 'a', 'b', 'b']);
});

describe('the order of the stages', () => {
  const spec = {
    components: { securitySchemes: { a: {} } },
    paths: {
      '/things': {
        post: operation('addThing', {
          security: [{ a: ['admin'] }],
          parameters: [{ name: 'size', in: 'query', schema: { type: 'integer' } }],
          requestBody: { required: true, ...json({ type: 'object' }) },
        }),
      },
    },
  } as const;

  /** Serves the spec and keeps the names of the stages in the order in which they ran. */
  async function staged() {
    const stages: string[] = [];
    const stage = (name: string) => async () => void stages.push(name);
    const api = await serve(spec, {
      authenticators: {
        a: {
          challenge: 'Key',
          authenticate(request) {
            stages.push('authenticate');
            return byHeader('x-a').authenticate(request);
          },
        },
      },
      hooks: [
        { routed: stage('routed 1'), authorised: stage('authorised 1'), validated: stage('validated 1') },
        { routed: stage('routed 2'), validated: stage('validated 2') },
      ],
      tools: () => {
        stages.push('tools');
        return {};
      },
      handlers: {
        addThing(_request, reply) {
          stages.push('handler');
          return reply(200, {});
        },
      },
    });
    return { api, stages };
  }

  const routed = ['routed 1', 'routed 2', 'authenticate'];

  test('of a good request', async () => {
    const { api, stages } = await staged();
    await using _ = api;
    await api.http.post('/things').set('x-a', 'ada admin').send({}).expect(200);
    expect(stages).toEqual([...routed, 'authorised 1', 'validated 1', 'validated 2', 'tools', 'handler']);
  });

  test('ends with authentication for a stranger, whatever else is wrong', async () => {
    const { api, stages } = await staged();
    await using _ = api;
    await api.http.post('/things?size=x').type('text/plain').accept('text/csv').send('{').expect(401);
    expect(stages).toEqual(routed);
  });

  test('ends before the hooks for the authorised without the scope', async () => {
    const { api, stages } = await staged();
    await using _ = api;
    await api.http.post('/things?size=x').set('x-a', 'ada').type('text/plain').send('{').expect(403);
    expect(stages).toEqual(routed);
  });

  test('ends before the body is parsed for a reply that is not acceptable', async () => {
    const { api, stages } = await staged();
    await using _ = api;
    await api.http
      .post('/things')
      .set('x-a', 'ada admin')
      .accept('text/csv')
      .type('json')
      .send('{')
      .expect(406);
    expect(stages).toEqual([...routed, 'authorised 1']);
  });

  test('ends with validation for a body that does not fit', async () => {
    const { api, stages } = await staged();
    await using _ = api;
    await api.http.post('/things?size=x').set('x-a', 'ada admin').send([]).expect(422);
    expect(stages).toEqual([...routed, 'authorised 1']);
  });

  test('no byte of the body is awaited from a stranger', async () => {
    const { api } = await staged();
    await using _ = api;
    using client = await wire(api.port);
    client.send(
      requestText('POST /things', { 'Content-Type': 'application/json', 'Content-Length': '9999999' }),
    );
    expect(await client.receive(/\}$/)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test.each(['routed', 'authorised', 'validated'] as const)(
    'a problem thrown by a hook in %s ends it',
    async (place) => {
      const teapot = new Problem({ status: 418, code: 'teapot', title: 'Teapot', detail: 'I am one.' });
      const hook = { [place]: async () => Promise.reject(teapot) };
      await using api = await serve(spec, { authenticators, hooks: [hook] });
      const { body } = await api.http.post('/things').set('x-a', 'ada admin').send({}).expect(418);
      expect(body.code).toBe('teapot');
      expect(api.handled).toEqual([]);
    },
  );
});
