// Fastify 5 with JSON schemas for requests and replies, its logger, request ids, metrics, @fastify/jwt and Kysely.
import { randomUUID } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import { Ajv } from 'ajv';
import Fastify from 'fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import pino from 'pino';
import { findItem, findUser, insertItem, itemPage, openDatabase } from './database.ts';
import type { User } from './database.ts';
import { createMetrics } from './metrics.ts';
import { fieldError, internal, invalid, notFound, problemType, unauthorized } from './problems.ts';
import type { Problem } from './problems.ts';
import * as schemas from './schemas.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: User | undefined;
  }
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string; sid: string };
    user: { sub: string; sid: string };
  }
}

const { DATABASE_URL = '', SECRET_KEY = '', PORT } = process.env;
const db = openDatabase(DATABASE_URL);
const metrics = createMetrics();

const app = Fastify({
  loggerInstance: pino(pino.destination({ sync: false, minLength: 4096 })),
  // One line for each request, as the others write it: the hook below.
  disableRequestLogging: true,
  genReqId: () => randomUUID(),
});

// Bodies are taken as they are; what is text by nature, the path and the query, is decoded.
const strict = new Ajv({ allErrors: true });
const decoding = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true });
app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? strict : decoding).compile(schema));

app.register(fastifyJwt, {
  secret: SECRET_KEY,
  verify: { algorithms: ['HS256'], allowedIss: 'accord', allowedAud: 'accord-api', cache: true },
});
app.decorateRequest('principal', undefined);

app.addHook('onRequest', async (request, reply) => {
  reply.header('X-Request-ID', request.id);
});
app.addHook('onResponse', async (request, reply) => {
  const { method } = request;
  const operation = request.routeOptions.url ?? 'none';
  metrics.observe({ method, operation, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
  request.log.info({ method, url: request.url, status: reply.statusCode, ms: reply.elapsedTime, operation });
});

app.setNotFoundHandler((request, reply) => fail(reply, notFound('Not found', failed(request))));
app.setErrorHandler((error: FastifyError, request, reply) => fail(reply, problemOf(error, request)));
app.get('/metrics', () => metrics.text());

app.register(async (items) => {
  items.addHook('onRequest', authenticate);

  items.get<{ Params: { item_id: number } }>(
    '/api/v1/items/:item_id',
    { schema: schemas.getItem },
    async (request, reply) => {
      const id = request.params.item_id;
      const item = await findItem(db, { id, ownerId: ownerOf(request) });
      if (!item) return fail(reply, notFound(`Item ${id} not found`, failed(request)));
      return reply.header('ETag', `"${item.version}"`).send(item);
    },
  );

  items.get<{ Querystring: { page: number; size: number } }>(
    '/api/v1/items',
    { schema: schemas.listItems },
    async (request) => itemPage(db, { ownerId: ownerOf(request), ...request.query }),
  );

  items.post<{ Body: { title: string; description?: string | null } }>(
    '/api/v1/items',
    { schema: schemas.createItem },
    async (request, reply) => {
      const { title, description = null } = request.body;
      const item = await insertItem(db, { ownerId: ownerOf(request), title, description });
      reply.header('Location', `/api/v1/items/${item.id}`).header('ETag', `"${item.version}"`);
      return reply.code(201).send(item);
    },
  );
});

process.once('SIGTERM', () => process.exit());
await app.listen({ host: '127.0.0.1', port: Number(PORT) });

async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const claims = await request.jwtVerify<{ sub: string; sid: string }>().catch(() => undefined);
  request.principal = claims && (await findUser(db, claims));
  return request.principal ? undefined : fail(reply, unauthorized(failed(request)));
}

function ownerOf({ principal }: FastifyRequest): number {
  return principal?.id ?? 0;
}

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  const { validation, validationContext = 'body' } = error;
  if (!validation) {
    request.log.error(error);
    return internal(failed(request));
  }
  return invalid(
    validation.map((fault) => fieldError(validationContext, fault)),
    failed(request),
  );
}

function failed({ url, id }: FastifyRequest) {
  return { path: url.split('?', 1)[0] ?? url, requestId: id };
}

function fail(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(problemType).send(problem);
}
