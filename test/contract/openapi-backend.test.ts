/**
 * What the engine relies on in openapi-backend, so that no upgrade can change it silently. If a test here
 * fails after one, read the changes of openapi-backend before touching the test.
 */
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { OpenAPIBackend, OpenAPIRouter, OpenAPIValidator } from 'openapi-backend';
import type { Context, Document, Operation, ParsedRequest, Request } from 'openapi-backend';

const definition: Document = { openapi: '3.0.0', info: { title: '', version: '' }, paths: {} };

/** An operation and a request as our router hands them out. */
const operation: Operation = {
  operationId: 'getThing',
  method: 'get',
  path: '/things/{id}',
  security: [{ a: ['x'], b: [] }, { a: [] }],
  responses: {},
};
const request: ParsedRequest = {
  method: 'GET',
  path: '/things/1',
  headers: {},
  params: {},
  query: {},
  cookies: {},
  requestBody: undefined,
};

/** A backend with organs that record their calls; everything else as the engine has it. */
async function recordingBackend(overrides: Record<string, (context: Context) => unknown> = {}) {
  const calls: string[] = [];
  const seen: Record<string, unknown> = {};
  class Router extends OpenAPIRouter {
    override matchOperation(matched: Request): Operation {
      calls.push('router.matchOperation');
      seen['matched'] = matched;
      return operation;
    }
    override parseRequest(): ParsedRequest {
      calls.push('router.parseRequest');
      return request;
    }
    override getOperation(id: string): Operation | undefined {
      return id === operation.operationId ? operation : undefined;
    }
  }
  class Validator extends OpenAPIValidator {
    override validateRequest(validated: Request, matched: unknown) {
      calls.push('validator.validateRequest');
      seen['validated'] = validated;
      seen['operation'] = matched;
      return { valid: true, errors: null };
    }
  }
  const api = new OpenAPIBackend({ definition, quick: true, strict: true });
  await api.init();
  api.router = new Router({ definition });
  api.validator = new Validator({ definition, lazyCompileValidators: true });
  const stage = (name: string, result?: unknown) => (context: Context) => {
    calls.push(name);
    seen[name] = context.request;
    return overrides[name] ? overrides[name](context) : result;
  };
  for (const scheme of ['a', 'b'])
    api.securityHandlers[scheme] = stage(`security ${scheme}`, { outcome: scheme });
  api.register({
    postRoutingHandler: stage('postRoutingHandler'),
    postSecurityHandler: stage('postSecurityHandler'),
    preOperationHandler: stage('preOperationHandler'),
    postResponseHandler: (context) => {
      seen['response'] = context.response;
      return stage('postResponseHandler', 'written')(context);
    },
    unauthorizedHandler: stage('unauthorizedHandler', 'unauthorized'),
    validationFail: stage('validationFail', 'invalid'),
    notFound: stage('notFound', 'not found'),
    notImplemented: stage('notImplemented', 'not implemented'),
  });
  api.register('getThing', stage('handler', 'replied'));
  return { api, calls, seen, handle: () => api.handleRequest(request) };
}

test('it is the version that this was written for', () => {
  const { version } = createRequire(import.meta.url)('openapi-backend/package.json');
  expect(version).toBe('5.21.2');
});

test('its stages run in this order, each once', async () => {
  const { calls, handle } = await recordingBackend();
  await handle();
  expect(calls).toEqual([
    'router.parseRequest',
    'router.matchOperation',
    'router.parseRequest',
    'postRoutingHandler',
    // One run for each time that an alternative names the scheme.
    'security a',
    'security b',
    'security a',
    'postSecurityHandler',
    'validator.validateRequest',
    'preOperationHandler',
    'handler',
    'postResponseHandler',
  ]);
});

test('the object that we hand in is the one that every stage sees', async () => {
  const { seen, handle } = await recordingBackend();
  await handle();
  for (const stage of ['matched', 'postRoutingHandler', 'security a', 'postSecurityHandler', 'validated',
    'preOperationHandler', 'handler', 'postResponseHandler']) {
    expect({ stage, isOurs: seen[stage] === request }).toEqual({ stage, isOurs: true });
  } // prettier-ignore
  expect(seen['operation']).toBe(operation);
});

test('what postResponseHandler returns is the result, and the reply of the handler is its context.response', async () => {
  const { seen, handle } = await recordingBackend();
  expect(await handle()).toBe('written');
  expect(seen['response']).toBe('replied');
});

test('results of the security handlers arrive by the names of their schemes', async () => {
  let security: unknown;
  const { handle } = await recordingBackend({
    postSecurityHandler(context) {
      security = context.security;
    },
  });
  await handle();
  expect(security).toEqual({ a: { outcome: 'a' }, b: { outcome: 'b' }, authorized: true });
});

describe('what throws ends the request there:', () => {
  const places = [
    'postRoutingHandler',
    'postSecurityHandler',
    'preOperationHandler',
    'handler',
    'postResponseHandler',
  ];

  test.each(places)('%s', async (place) => {
    const error = new Error(place);
    const { calls, handle } = await recordingBackend({
      [place]: () => {
        throw error;
      },
    });
    await expect(handle()).rejects.toBe(error);
    expect(calls.at(-1)).toBe(place);
  });

  test('validateRequest', async () => {
    const { api, calls, handle } = await recordingBackend();
    api.validator.validateRequest = () => {
      throw new Error('invalid');
    };
    await expect(handle()).rejects.toThrow('invalid');
    expect(calls).not.toContain('handler');
  });
});

describe('if our stages failed to refuse, it would:', () => {
  test('a scheme with an error does not authorise', async () => {
    const { calls, handle } = await recordingBackend({
      'security a': () => ({ outcome: 'a', error: 'refused' }),
      'security b': () => ({ outcome: 'b', error: 'absent' }),
    });
    await handle();
    expect(calls.slice(-2)).toEqual(['unauthorizedHandler', 'postResponseHandler']);
    expect(calls).not.toContain('handler');
  });

  test('an operation without a handler is not implemented', async () => {
    const { api, calls, handle } = await recordingBackend();
    delete api.handlers['getThing'];
    await handle();
    expect(calls).toContain('notImplemented');
  });

  test('strict, it refuses a handler for an operation that there is not', async () => {
    const { api } = await recordingBackend();
    expect(() => api.register('other', () => undefined)).toThrow('Unknown operationId other');
  });
});

test('its own names for handlers are those that the engine refuses as operationIds', async () => {
  const { api } = await recordingBackend();
  expect([...api.allowedHandlers].sort()).toEqual(
    ['400', '404', '405', '501', 'methodNotAllowed', 'notFound', 'notImplemented', 'postResponseHandler',
      'postRoutingHandler', 'postSecurityHandler', 'preOperationHandler', 'preRoutingHandler',
      'unauthorizedHandler', 'validationFail'],
  ); // prettier-ignore
});
