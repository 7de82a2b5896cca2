import { describe, expect, test } from '@jest/globals';
import { createContract } from '#contract';
import { anyProblem, createTiny, documentOf, faultsOf, json, operation } from './support.ts';
import type { Spec } from './support.ts';

/** A spec of one path with one GET. */
function get(rest: object, path = '/things'): Spec {
  return { paths: { [path]: { get: operation('getThings', { ...rest }) } } };
}

/** A spec of one POST that takes this content. */
function taking(content: object): Spec {
  return {
    paths: { '/things': { post: operation('addThing', { requestBody: { content: { ...content } } }) } },
  };
}

/** A spec of one GET with one query parameter. */
function asking(parameter: object): Spec {
  return get({ parameters: [{ name: 'filter', in: 'query', ...parameter }] });
}

const text = { type: 'string' };

describe('a contract that can be served', () => {
  test('boots without a fault', async () => {
    expect(await faultsOf(get({}))).toEqual([]);
  });

  test('tells its operations and its prefix', async () => {
    const { operations, prefix } = await createTiny({
      ...get({}),
      servers: [{ url: 'https://a.example/api/v1/' }],
    });
    expect(operations.map(({ id, method, path }) => ({ id, method, path }))).toEqual([
      { id: 'getThings', method: 'GET', path: '/things' },
    ]);
    expect(prefix).toBe('/api/v1');
  });
});

test('every fault is listed at once, in one error', async () => {
  const reply = () => ({ status: 204, body: undefined, headers: {} });
  const boot = createContract({
    document: documentOf({
      security: [{ undeclared: [] }],
      components: { securitySchemes: { bearer: {} } },
      paths: {
        '/a': { get: operation('one'), put: operation('two', { security: [{ bearer: [] }] }) },
        '/b': { get: { responses: { 200: json({}) } } },
      },
    }),
    handlers: { left: { one: reply, three: reply }, right: { one: reply } },
    authenticators: {},
    tools: () => ({}),
    breaches: 'fail',
  });
  await expect(boot).rejects.toMatchObject({
    name: 'ContractError',
    faults: [
      'GET /b has no operationId',
      'one (GET /a) has 2 handlers',
      'two (PUT /a) has no handler',
      'three has a handler but is not in the contract',
      'one names the undeclared security scheme undeclared',
      'security scheme bearer has no authenticator',
    ],
  });
  await expect(boot).rejects.toThrow(
    'The contract cannot be served (6 faults):\n  - GET /b has no operationId',
  );
});

const misspelt: object = { gett: operation('getThings') };

describe('what the engine does not serve, it refuses with a reason:', () => {
  const refused: [what: string, spec: Spec, fault: string][] = [
    ['another version of OpenAPI', { openapi: '2.0' }, 'the document is of OpenAPI 2.0, not 3.0 or 3.1'],
    [
      'server variables',
      { servers: [{ url: '/{tenant}/api' }] },
      'the document has a server with a variable without a default (/{tenant}/api)',
    ],
    [
      'a server without a root',
      { servers: [{ url: 'api/v1' }] },
      'the document has a server that is neither a URL nor a path from the root (api/v1)',
    ],
    [
      'servers of an operation',
      get({ servers: [] }),
      'GET /things has servers of its own, which is not supported',
    ],
    [
      'a misspelt method',
      { paths: { '/things': misspelt } },
      '/things has the field gett, which is not supported',
    ],
    [
      'a duplicate operationId',
      { paths: { '/a': { get: operation('one') }, '/b': { get: operation('one') } } },
      'one is the operationId of more than one operation',
    ],
    [
      'an unknown format',
      asking({ schema: { type: 'string', format: 'colour' } }),
      'getThings has a schema that cannot be compiled: unknown format "colour" ignored in schema at path "#/properties/query/properties/filter"',
    ],
    [
      'an unknown keyword',
      taking({ 'application/json': { schema: { maximumLength: 3 } } }),
      'addThing has a schema that cannot be compiled: strict mode: unknown keyword: "maximumLength"',
    ],
    [
      'an unknown keyword in a component',
      {
        ...taking({ 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } }),
        components: { schemas: { Thing: { maximumLength: 3 } } },
      },
      'addThing has a schema that cannot be compiled: strict mode: unknown keyword: "maximumLength"',
    ],
    [
      'a keyword with a wrong value',
      taking({ 'application/json': { schema: { type: 'string', maxLength: '3' } } }),
      'addThing has a schema that cannot be compiled: maxLength value must be ["number"]',
    ],
    [
      'a schema $ref that leads nowhere',
      taking({ 'application/json': { schema: { $ref: '#/components/schemas/Nope' } } }),
      'addThing has a $ref that leads nowhere: #/components/schemas/Nope',
    ],
    [
      'a parameter $ref that leads nowhere',
      get({ parameters: [{ $ref: '#/components/parameters/Nope' }] }),
      'getThings has a $ref that leads nowhere: #/components/parameters/Nope',
    ],
    [
      'a $ref with a broken percent-encoding',
      get({ parameters: [{ $ref: '#/components/parameters/%' }] }),
      'getThings has a $ref that leads nowhere: #/components/parameters/%',
    ],
    [
      'a $ref that leads in a circle',
      {
        ...get({ responses: { 200: { $ref: '#/components/responses/A' } } }),
        components: { responses: { A: { $ref: '#/components/responses/A' } } },
      },
      'getThings has a $ref that leads nowhere: #/components/responses/A',
    ],
    [
      'a parameter without a schema',
      asking({}),
      'getThings has the parameter filter in query without a schema',
    ],
    [
      'an array of arrays',
      asking({ schema: { type: 'array', items: { type: 'array', items: text } } }),
      'getThings has the parameter filter in query with items that are not scalars, which is not supported',
    ],
    [
      'an array beside a scalar',
      asking({ schema: { anyOf: [text, { type: 'array', items: text }] } }),
      'getThings has the parameter filter in query that mixes arrays with other types',
    ],
    [
      'a parameter called __proto__',
      get({ parameters: [{ name: '__proto__', in: 'cookie', schema: text }] }),
      'getThings has the parameter __proto__ in cookie with a name that JavaScript keeps for itself',
    ],
    [
      'a header called constructor',
      get({ parameters: [{ name: 'Constructor', in: 'header', schema: text }] }),
      'getThings has the parameter Constructor in header with a name that JavaScript keeps for itself',
    ],
    [
      'a parameter twice',
      get({
        parameters: [
          { name: 'q', in: 'query', schema: text },
          { name: 'q', in: 'query', schema: text },
        ],
      }),
      'getThings declares the parameter q in query more than once',
    ],
    [
      'a media type that cannot be parsed',
      taking({ 'application/xml': { schema: { type: 'object' } } }),
      'addThing takes application/xml with a schema that is not binary: its body would have to be taken apart, which is not supported',
    ],
    [
      'a body without a schema',
      taking({ 'application/json': {} }),
      'addThing takes application/json without a schema',
    ],
    ['a body without a media type', taking({}), 'addThing takes a body of no media type'],
    [
      'the encoding of a body',
      taking({ 'application/json': { schema: {}, encoding: {} } }),
      'addThing takes application/json with an encoding, which is not supported yet',
    ],
    [
      'a form without properties',
      taking({ 'application/x-www-form-urlencoded': { schema: { type: 'object' } } }),
      'addThing takes application/x-www-form-urlencoded with a schema that has no properties, which is not supported',
    ],
    [
      'a composed form',
      taking({ 'application/x-www-form-urlencoded': { schema: { properties: {}, oneOf: [true] } } }),
      'addThing takes application/x-www-form-urlencoded with a schema that has oneOf, which is not supported yet',
    ],
    [
      'a size that is no size',
      { paths: { '/things': { get: { ...operation('getThings'), 'x-max-body': '1 MiB' } } } },
      'getThings has an x-max-body that is not a number of bytes: "1 MiB"',
    ],
    ['an operation without responses', get({ responses: {} }), 'getThings documents no response'],
    [
      'a status that is none',
      get({ responses: { 20: json({}) } }),
      'getThings documents the status 20, which there is not',
    ],
    [
      'a JSON response without schema',
      get({ responses: { 200: { content: { 'application/json': {} } } } }),
      'getThings answers 200 as application/json without a schema',
    ],
    [
      'a reply of text whose schema is that of an object',
      get({ responses: { 200: { content: { 'text/csv': { schema: { type: 'object' } } } } } }),
      'getThings answers 200 as text/csv with a schema that is no string, which is not supported',
    ],
    [
      'a header of another style',
      get({ responses: { 200: { headers: { Link: { style: 'form', schema: text } } } } }),
      'getThings (200) has the parameter Link in header with style form, which is not supported',
    ],
  ];

  test.each(refused)('%s', async (_what, spec, fault) => {
    expect(await faultsOf(spec)).toContain(fault);
  });
});

describe('paths', () => {
  const parameter = (name: string) => ({ name, in: 'path', required: true, schema: text });
  const refused: [path: string, parameters: string[], fault: string][] = [
    ['things', [], 'things does not start with a slash'],
    ['/things/*', [], '/things/* has a character that paths must not have: * ( ) ? # % \\'],
    ['/things/{id}(x)', ['id'], '/things/{id}(x) has a character that paths must not have: * ( ) ? # % \\'],
    ['/things/{id}?', ['id'], '/things/{id}? has a character that paths must not have: * ( ) ? # % \\'],
    [
      '/a-{x}-{y}',
      ['x', 'y'],
      '/a-{x}-{y} has a segment that is not supported (one parameter, and after it only text that starts with - or .)',
    ],
    [
      '/{x}:archive',
      ['x'],
      '/{x}:archive has a segment that is not supported (one parameter, and after it only text that starts with - or .)',
    ],
    [
      '/{x/y}',
      [],
      '/{x/y} has a segment that is not supported (one parameter, and after it only text that starts with - or .)',
    ],
    ['/{x}/{x}', ['x'], '/{x}/{x} names a parameter twice'],
    ['/things/{id}', [], 'getThings does not declare the path parameter id'],
    ['/things', ['id'], 'getThings declares the path parameter id, which /things does not have'],
  ];

  test.each(refused)('%s is refused', async (path, parameters, fault) => {
    expect(await faultsOf(get({ parameters: parameters.map(parameter) }, path))).toContain(fault);
  });

  test('two templates that differ only in the names of their parameters are refused', async () => {
    const faults = await faultsOf({
      paths: {
        '/things/{a}': { get: operation('one', { parameters: [{ ...parameter('a'), in: 'path' }] }) },
        '/things/{b}': { put: operation('two', { parameters: [{ ...parameter('b'), in: 'path' }] }) },
      },
    });
    expect(faults).toEqual(['/things/{b} answers the same paths as /things/{a}']);
  });
});

describe('operationIds', () => {
  // Under these names openapi-backend would call an operation's handler as one of its own.
  const ofOpenapiBackend = ['404', 'notFound', '405', 'methodNotAllowed', '501', 'notImplemented', '400',
    'validationFail', 'unauthorizedHandler', 'preRoutingHandler', 'postRoutingHandler', 'postSecurityHandler',
    'preOperationHandler', 'postResponseHandler']; // prettier-ignore

  test.each(ofOpenapiBackend)('%s is refused: openapi-backend uses it itself', async (id) => {
    expect(await faultsOf({ paths: { '/things': { get: operation(id) } } })).toEqual([
      `${id} cannot be an operationId: openapi-backend uses this name itself`,
    ]);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('%s is refused', async (id) => {
    expect(await faultsOf({ paths: { '/things': { get: operation(id) } } })).toContain(
      `${id} cannot be an operationId: every JavaScript object has it`,
    );
  });
});

test('a security scheme must not be called as the result of openapi-backend is', async () => {
  const spec: Spec = {
    components: { securitySchemes: { authorized: {} } },
    paths: { '/things': { get: operation('getThings', { security: [{ authorized: [] }] }) } },
  };
  expect(await faultsOf(spec)).toEqual(['security scheme authorized cannot have this name']);
});

test('a handler that is not a function is refused', async () => {
  const handlers = JSON.parse('{ "getThings": 1 }');
  expect(await faultsOf(get({}), { handlers })).toEqual([
    'getThings (GET /things) has a handler that is not a function',
  ]);
});

test('operations of a path item behind a $ref are found', async () => {
  const spec: Spec = {
    paths: { '/things': { $ref: '#/components/pathItems/Things' } },
    components: {
      pathItems: {
        Things: { get: { ...operation('getThings'), responses: { 200: json({}), default: anyProblem } } },
      },
    },
  };
  expect(await faultsOf(spec)).toEqual(['getThings (GET /things) has no handler']);
});
