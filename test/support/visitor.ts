/** Requests as a client sends them, in the words of HTTP; every reply is held to the contract, and counted as seen. */
import request from 'supertest';
import type { Response, Test } from 'supertest';
import type { TestApp } from './app.ts';
import { checkReply } from './contract-check.ts';
import { recordReply } from './coverage.ts';

type Headers = Readonly<Record<string, string>>;

/** Somebody who calls the API; paths are relative to /api/v1. */
export interface Visitor {
  get(path: string, headers?: Headers): Promise<Response>;
  head(path: string, headers?: Headers): Promise<Response>;
  options(path: string, headers?: Headers): Promise<Response>;
  delete(path: string, headers?: Headers): Promise<Response>;
  post(path: string, body?: unknown, headers?: Headers): Promise<Response>;
  put(path: string, body?: unknown, headers?: Headers): Promise<Response>;
  patch(path: string, body?: unknown, headers?: Headers): Promise<Response>;
  /** Posts a form, as an OAuth2 client does. */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
}

/** Somebody without credentials. */
export function visitor(app: TestApp): Visitor {
  return caller(app, { prefix: '/api/v1' });
}

/** The same for the whole server: paths as they are, from its root. */
export function stranger(app: TestApp): Visitor {
  return caller(app, { prefix: '' });
}

/** Somebody with this access token. */
export function bearer(app: TestApp, accessToken: string | undefined): Visitor {
  return caller(app, { prefix: '/api/v1', accessToken });
}

interface Identity {
  readonly prefix: string;
  readonly accessToken?: string | undefined;
}

interface Message {
  readonly headers?: Headers | undefined;
  readonly body?: unknown;
  readonly isForm?: boolean;
}

type Method = 'get' | 'head' | 'options' | 'delete' | 'post' | 'put' | 'patch';

function caller(app: TestApp, { prefix, accessToken }: Identity): Visitor {
  const send = async (method: Method, path: string, message: Message): Promise<Response> => {
    const test: Test = request(app.url)[method](prefix + path);
    if (accessToken !== undefined) void test.set('Authorization', `Bearer ${accessToken}`);
    const response = await filled(test, message);
    const isPreflight = message.headers?.['Access-Control-Request-Method'] !== undefined;
    const sent = { method: method.toUpperCase(), path: prefix + path, isPreflight };
    checkReply(sent, response, app);
    recordReply(sent, response.status);
    return response;
  };
  return {
    get: (path, headers) => send('get', path, { headers }),
    head: (path, headers) => send('head', path, { headers }),
    options: (path, headers) => send('options', path, { headers }),
    delete: (path, headers) => send('delete', path, { headers }),
    post: (path, body, headers) => send('post', path, { body, headers }),
    put: (path, body, headers) => send('put', path, { body, headers }),
    patch: (path, body, headers) => send('patch', path, { body, headers }),
    postForm: (path, body) => send('post', path, { body, isForm: true }),
  };
}

function filled(test: Test, { headers = {}, body, isForm = false }: Message): Test {
  void test.set(headers);
  if (isForm) void test.type('form');
  // A prepared text is sent as it is, so that a test can break it.
  if (typeof body === 'string' && !headers['Content-Type']) void test.type('json');
  return typeof body === 'object' || typeof body === 'string' ? test.send(body ?? undefined) : test;
}
