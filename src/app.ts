/** The composition root: from the platform to an HTTP application, in plain functions. */
import express from 'express';
import type { ErrorRequestHandler, Express, Request, Response } from 'express';
import type { Pool } from 'pg';
import { badRequest, contractMiddleware, internalError, problemBody } from '#contract';
import type { ContractDocument, ContractOptions, HandledReply, Problem } from '#contract';
import type { Principal, RequestTools } from '#api';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { crossOrigin } from '#platform/cors.ts';
import type { Db } from '#platform/database/database.ts';
import { pingDatabase } from '#platform/database/health.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import type { Limiter } from '#platform/limiter.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import type { Passwords } from '#platform/passwords.ts';
import { probes } from '#platform/probes.ts';
import { stampReplies } from '#platform/reply-stamp.ts';
import type { SocketServer } from '#platform/realtime/socket-server.ts';
import { requestIdOf, requestLog, traceHeaders } from '#platform/request-log.ts';
import { securityHeaders } from '#platform/security-headers.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { siteRouter } from '#site/site.ts';
import { bindContract } from './bind-contract.ts';

/** Everything the application stands on. Tests hand in their own: `createApp({ ...platform, clock })`. */
export interface Platform {
  readonly config: Config & { readonly auth: { readonly secretKey: string } };
  /** The bundled contract: `generated/openapi.json`. */
  readonly document: ContractDocument;
  /** Of its schemas: `generated/validators.js`. Undefined: they are compiled. */
  readonly validators?: ContractOptions<Principal, RequestTools>['validators'];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly pool: Pool;
  readonly db: Db;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly limiter: Limiter;
  readonly jobs: Jobs;
  readonly storage: Storage;
  readonly bus: Bus;
  readonly outbound: Outbound;
  readonly sockets: SocketServer;
  isReady(): boolean;
}

/** The application, not yet listening. Throws a ContractError when contract and handlers do not fit. */
export async function createApp(platform: Platform): Promise<Express> {
  const { config, document, log, metrics, pool, sockets, isReady } = platform;
  const contract = await bindContract(platform);
  const app = express().disable('x-powered-by').set('etag', false).set('trust proxy', config.http.trustProxy);
  const secured = securityHeaders(config.http);
  stampReplies(app, (reply) => [...secured, ...traceHeaders(reply)]);
  app.use(requestLog({ log, metrics }));
  if (config.http.corsOrigins.length > 0) app.use(crossOrigin(config.http.corsOrigins));
  const api = contractMiddleware(contract, {
    requestOf,
    onReply: tellLog,
    sockets: {
      canUpgrade: sockets.canUpgrade,
      upgrade: (req, { headers, exchange }) => {
        if (!exchange) return;
        const sent = { ...headers, 'X-Request-ID': exchange.id };
        sockets.upgrade(req, sent, (connection) => contract.openSocket(exchange, connection));
      },
    },
    onBroken: (err, { req }) => log.error({ err, request_id: requestIdOf(req) }, 'the reply was cut off'),
  });
  // First, so that no request of the API is held against the routes of the pages.
  app.use(contract.prefix, (req, res, next) => (isPublished(req.path) ? next() : api(req, res)));
  app.use(probes({ isReady, ping: () => pingDatabase(pool), metrics }));
  const { firstSuperuser } = config;
  app.use(
    siteRouter({ document, developmentLogin: firstSuperuser?.isWellKnown ? firstSuperuser : undefined }),
  );
  // Everything else is a path that the contract does not know: a 404 problem as well.
  app.use(api);
  app.use(renderError);
  return app;
}

/** The contract itself stands under its prefix, and is the site's to serve. */
function isPublished(path: string): boolean {
  return path === '/openapi.json' || path === '/openapi.yaml' || path === '/asyncapi.json';
}

/** Who and what a request is, as `requestLog` found out. */
function requestOf(req: Request): { id: string; ip: string } {
  return { id: requestIdOf(req), ip: req.res?.locals.client_ip ?? '' };
}

/** What the log line and the metrics say of a request. */
function tellLog({ exchange, problem, status }: HandledReply<Principal>, res: Response): void {
  if (exchange) res.locals.operation_id = exchange.operation.id;
  if (exchange?.principal) res.locals.user_id = exchange.principal.user.id;
  if (problem && status >= 500) res.err = errorOf(problem);
}

/** The log wants the cause; the problem itself is what the client saw. */
function errorOf(problem: Problem): Error {
  return Error.isError(problem.cause) ? problem.cause : problem;
}

/** Faults outside the contract: Express's own, or a bug in what runs before it. */
// eslint-disable-next-line max-params -- Express knows an error handler by its four parameters.
const renderError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const isMalformed = error instanceof URIError;
  const problem = isMalformed
    ? badRequest('The path has a malformed percent-encoding.', error)
    : internalError(error);
  if (!isMalformed) res.err = Error.isError(error) ? error : problem;
  const body = JSON.stringify(problemBody(problem, { path: req.path, id: requestIdOf(req) }));
  res.status(problem.status).set('Cache-Control', 'no-store').type('application/problem+json').send(body);
};
