/** The composition root: from the platform to an HTTP application, in plain functions. */
import express from 'express';
import type { ErrorRequestHandler, Express, Request, Response } from 'express';
import type { Pool } from 'pg';
import { badRequest, contractMiddleware, createContract, internalError, problemBody } from '#contract';
import type { Contract, ContractDocument, ContractOptions, HandledReply, Problem } from '#contract';
import type { Handlers, Principal, RequestTools } from '#api';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { crossOrigin } from '#platform/cors.ts';
import type { Db } from '#platform/database/database.ts';
import { pingDatabase } from '#platform/database/health.ts';
import { createTransaction } from '#platform/database/transaction.ts';
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
import { accessPolicy } from '#policies/access.ts';
import { auditPolicy } from '#policies/audit.ts';
import { deprecationPolicy } from '#policies/deprecation.ts';
import { problemOfFault } from '#policies/faults.ts';
import { idempotencyPolicy } from '#policies/idempotency.ts';
import { rateLimitPolicy } from '#policies/rate-limits.ts';
import { socketPolicy } from '#policies/sockets.ts';
import { auditHandlers } from '#features/audit/handlers.ts';
import { createAccessTokens } from '#features/auth/access-token.ts';
import { bearerAuthenticator } from '#features/auth/authenticator.ts';
import { authHandlers } from '#features/auth/handlers.ts';
import { findAccount } from '#features/auth/queries.ts';
import { createSessions } from '#features/auth/sessions.ts';
import { emailHandlers } from '#features/emails/handlers.ts';
import { externalHandlers } from '#features/external/handlers.ts';
import { fileHandlers } from '#features/files/handlers.ts';
import { createFileSinks } from '#features/files/sinks.ts';
import { ticketAuthenticator } from '#features/auth/socket-ticket.ts';
import { itemHandlers } from '#features/items/handlers.ts';
import { jobHandlers } from '#features/jobs/handlers.ts';
import { createRealtime } from '#features/realtime/realtime.ts';
import { noTasks } from '#features/realtime/task-news.ts';
import { userHandlers } from '#features/users/handlers.ts';
import { normaliseEmail } from '#features/users/rules.ts';
import { siteRouter } from '#site/site.ts';

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
  const contract = await createApi(platform);
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

/** Binds the contract to its handlers: the only place that knows every feature. */
function createApi(platform: Platform): Promise<Contract<Principal>> {
  const { config, document, validators, log, db, bus, clock, limiter, storage, sockets } = platform;
  const { secretKey, accessTokenSeconds } = config.auth;
  const accessTokens = createAccessTokens({ secretKey, lifetimeSeconds: accessTokenSeconds, clock });
  const transaction = createTransaction(db);
  const idempotency = idempotencyPolicy({ clock, ...breachRules(platform) });
  const realtime = createRealtime({
    db,
    transaction,
    bus,
    clock,
    log,
    tasks: noTasks,
    toProblem: problemOfFault,
  });
  sockets.onClosed(realtime.close);
  const accounts = { normaliseEmail, findAccount };
  const audit = auditPolicy({ db, clock, log, secretKey, accounts });
  return createContract<Principal, RequestTools>({
    document,
    validators,
    handlers: handlersOf(platform, accessTokens),
    sockets: realtime.handlers,
    authenticators: {
      oauth2: bearerAuthenticator({ db, accessTokens, clock }),
      socketTicket: ticketAuthenticator({ db, clock }),
    },
    tools: (exchange) => ({
      db,
      // The event belongs to what is done: a replay writes none.
      transaction: audit.transaction(exchange, idempotency.transaction(exchange, transaction)),
      clock,
      path: exchange.path,
      method: exchange.method,
    }),
    fileSinks: createFileSinks({ storage, db, clock, quotaBytes: config.uploads.quotaBytes }),
    hooks: [
      rateLimitPolicy({ limiter }),
      socketPolicy({ origins: config.http.corsOrigins }),
      accessPolicy(),
      deprecationPolicy(),
      idempotency,
      audit,
    ],
    toProblem: problemOfFault,
    ...breachRules(platform),
  });
}

/** A reply that breaks the contract fails where people develop; in production it is told. */
function breachRules({
  config,
  log,
  metrics,
}: Platform): Pick<ContractOptions<Principal, RequestTools>, 'breaches' | 'onBreach'> {
  return {
    breaches: config.environment === 'production' ? 'report' : 'fail',
    onBreach(breach) {
      metrics.contractBreached(breach.operation);
      log.error({ breach }, 'the reply breaks the contract');
    },
  };
}

function handlersOf(
  { config, passwords, bus, clock, jobs, storage, outbound }: Platform,
  accessTokens: ReturnType<typeof createAccessTokens>,
): Handlers {
  const sessions = createSessions({ accessTokens, bus, clock, rules: config.auth });
  return {
    auth: authHandlers({ passwords, sessions, bus }),
    users: userHandlers({ passwords, jobs, bus }),
    items: itemHandlers(),
    files: fileHandlers({ storage, jobs, quotaBytes: config.uploads.quotaBytes }),
    emails: emailHandlers({ jobs }),
    jobs: jobHandlers({ jobs }),
    external: externalHandlers({ outbound, sources: config.external.sources }),
    audit: auditHandlers(),
  };
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
