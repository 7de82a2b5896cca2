/** Binds the contract to what serves it: the only place that knows every feature. */
import { createContract } from '#contract';
import type { Contract, ContractOptions } from '#contract';
import type { Handlers, Principal, RequestTools } from '#api';
import { createTransaction } from '#platform/database/transaction.ts';
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
import { taskHandlers } from '#features/tasks/handlers.ts';
import { findTaskNews } from '#features/tasks/queries.ts';
import { userHandlers } from '#features/users/handlers.ts';
import { normaliseEmail } from '#features/users/rules.ts';
import type { Platform } from './app.ts';

/** The contract with its handlers, policies and authenticators. */
export function bindContract(platform: Platform): Promise<Contract<Principal>> {
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
    tasks: { findTask: findTaskNews },
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
    tasks: taskHandlers({ jobs, bus }),
    emails: emailHandlers({ jobs }),
    jobs: jobHandlers({ jobs }),
    external: externalHandlers({ outbound, sources: config.external.sources }),
    audit: auditHandlers(),
  };
}
