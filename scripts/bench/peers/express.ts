// Express 5 with openapi-backend as its README shows it: the contract registers, validates and dispatches.
import { createSecretKey, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { jwtVerify } from 'jose';
import { OpenAPIBackend } from 'openapi-backend';
import type { Context, Document } from 'openapi-backend';
import pino from 'pino';
import { pinoHttp } from 'pino-http';
import { findItem, findUser, insertItem, itemOf, itemPage, openDatabase } from './database.ts';
import { createMetrics } from './metrics.ts';
import { fieldError, internal, invalid, notFound, problemType, unauthorized } from './problems.ts';
import type { Problem } from './problems.ts';

const { DATABASE_URL = '', SECRET_KEY = '', PORT } = process.env;
const db = openDatabase(DATABASE_URL);
const metrics = createMetrics();
const key = createSecretKey(Buffer.from(SECRET_KEY));

const api = new OpenAPIBackend<Document>({
  definition: fileURLToPath(new URL('../../../generated/openapi.json', import.meta.url)),
  apiRoot: '/api/v1',
  // Without it, it holds a 3.1 document against the schema of 3.0, warns, and serves no route at all.
  quick: true,
  strict: true,
  coerceTypes: true,
  ajvOpts: { allErrors: true, formats: { int64: true } },
});

api.register({
  getItem: async (context: Context, req: Request, res: Response) => {
    const id = Number(context.request.params['item_id']);
    const item = await findItem(db, { id, ownerId: ownerOf(context) });
    if (!item) return fail(res, notFound(`Item ${id} not found`, failed(req)));
    return res.set('ETag', `"${item.version}"`).json(itemOf(item));
  },
  listItems: async (context: Context, _req: Request, res: Response) => {
    const { page = 1, size = 10 } = context.request.query;
    const request = { page: Number(page), size: Number(size) };
    return res.json(await itemPage(db, { ownerId: ownerOf(context), ...request }));
  },
  createItem: async (context: Context, _req: Request, res: Response) => {
    const { title, description = null } = context.request.requestBody;
    const item = await insertItem(db, { ownerId: ownerOf(context), title, description });
    res.set('Location', `/api/v1/items/${item.id}`).set('ETag', `"${item.version}"`);
    return res.status(201).json(itemOf(item));
  },
  postRoutingHandler: ({ operation }: Context, _req: Request, res: Response) => {
    res.locals['operation'] = operation?.operationId;
  },
  unauthorizedHandler: (_context: Context, req: Request, res: Response) =>
    fail(res, unauthorized(failed(req))),
  validationFail: ({ validation }: Context, req: Request, res: Response) => {
    const errors = (validation.errors ?? []).map((fault) => fieldError(...placed(fault)));
    return fail(res, invalid(errors, failed(req)));
  },
  notFound: (_context: Context, req: Request, res: Response) => fail(res, notFound('Not found', failed(req))),
});

api.registerSecurityHandler('oauth2', async ({ request }: Context) => {
  const token = String(request.headers['authorization'] ?? '').replace(/^Bearer /i, '');
  const options = { algorithms: ['HS256'], issuer: 'accord', audience: 'accord-api', typ: 'at+jwt' };
  const { payload } = await jwtVerify<{ sub: string; sid: string }>(token, key, options);
  return findUser(db, payload);
});

await api.init();

const app = express();
app.use(
  pinoHttp({
    logger: pino(pino.destination({ sync: false, minLength: 4096 })),
    genReqId: (_req, res) => {
      const id = randomUUID();
      res.setHeader('X-Request-ID', id);
      return id;
    },
    serializers: {
      req: ({ id, method, url }) => ({ id, method, url }),
      res: ({ statusCode }) => ({ statusCode }),
    },
  }),
);
app.use((req, res, next) => {
  const startedAt = performance.now();
  res.once('finish', () => {
    const operation = res.locals['operation'] ?? 'none';
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.observe({ method: req.method, operation, status: res.statusCode, seconds });
  });
  next();
});
app.get('/metrics', async (_req, res) => {
  res.send(await metrics.text());
});
app.use(express.json());
// Not `req` itself, as the README has it: the path and the query of Express 5 are getters, which it does not copy.
app.use(({ method, path, query, headers, body }, res) =>
  api.handleRequest({ method, path, query, headers, body } as never, res.req, res),
);
app.use(((error: unknown, req, res, _next) => {
  req.log.error(error);
  fail(res, internal(failed(req)));
}) satisfies ErrorRequestHandler);

process.once('SIGTERM', () => process.exit());
app.listen(Number(PORT), '127.0.0.1');

/** Set by the security handler: no operation here runs without it. */
function ownerOf({ security }: Context): number {
  return security['oauth2'].id;
}

/** It says `/requestBody/title`; the problem says `body` and `/title`. */
function placed<Fault extends { readonly instancePath: string }>(fault: Fault): [string, Fault] {
  const [, place = '', ...rest] = fault.instancePath.split('/');
  const instancePath = rest.map((step) => `/${step}`).join('');
  return [place === 'requestBody' ? 'body' : place, { ...fault, instancePath }];
}

function failed(req: Request) {
  return { path: req.path, requestId: String(req.id) };
}

function fail(res: Response, problem: Problem): Response {
  return res.status(problem.status).type(problemType).json(problem);
}
