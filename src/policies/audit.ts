/** `x-audit`: what was done, and what was refused, is written to the audit trail before the reply leaves. */
import { serviceUnavailable } from '#contract';
import type { Exchange, Hooks, Operation } from '#contract';
import type { Db } from '#platform/database/database.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { Logger } from '#platform/log.ts';
import { createAuditEvents, eventName } from './audit-event.ts';
import type { AuditEventOptions, Outcome } from './audit-event.ts';
import { insertAuditEvent } from './audit-queries.ts';
import { addressedUsers } from './audit-subject.ts';
import type { Caller } from './audit-subject.ts';
import { isReply, isSuccess } from './reply-value.ts';

export interface AuditPolicy extends Hooks<Caller> {
  /** The transaction of a request; a reply that it makes is kept together with its event, or neither is. */
  transaction(exchange: Exchange<Caller>, run: RunTransaction): RunTransaction;
}

interface Options extends AuditEventOptions {
  readonly db: Db;
  readonly log: Logger;
}

export function auditPolicy({ db, log, ...options }: Options): AuditPolicy {
  const events = createAuditEvents(options);
  const written = new WeakSet<Exchange<Caller>>();

  const write = async (to: Db, exchange: Exchange<Caller>, outcome: Outcome) => {
    try {
      await insertAuditEvent(to, await events.of(to, exchange, outcome));
    } catch (cause) {
      throw notWritten(cause);
    }
  };

  const writeRefusal = async (exchange: Exchange<Caller>, status: number) => {
    try {
      await write(db, exchange, { outcome: 'refused', status });
    } catch (err) {
      // What is refused stays refused, whether it can be written or not.
      log.error({ err, request_id: exchange.id }, 'a refusal is missing in the audit trail');
    }
  };

  return {
    check: faultsOf,

    transaction(exchange, run) {
      if (!isAudited(exchange)) return run;
      return (fn) => {
        // Until `fn` runs: where it does not, the reply is a replay, and its event was written back then.
        written.add(exchange);
        return run(async (trx) => {
          written.delete(exchange);
          const made = await fn(trx);
          if (!isReply(made) || !isSuccess(made.status)) return made;
          await write(trx, exchange, { outcome: 'succeeded', status: made.status });
          written.add(exchange);
          return made;
        });
      };
    },

    /** What no transaction has written. */
    replied(exchange, { status }) {
      if (eventName(exchange) === '') return undefined;
      if (status >= 400) return isRefusal(exchange, status) ? writeRefusal(exchange, status) : undefined;
      if (written.has(exchange) || !isAudited(exchange)) return undefined;
      return write(db, exchange, { outcome: 'succeeded', status });
    },
  };
}

function faultsOf({ extensions }: Operation): string[] {
  const event = extensions['x-audit'];
  const isName = typeof event === 'string' && /^[a-z_]{1,30}\.[a-z_]{1,30}$/.test(event);
  if (event === undefined || isName) return [];
  return [`has the x-audit ${JSON.stringify(event)}: it must be a name as user.changed`];
}

/** Whoever reads their own data leaves no trace: an event `….read` is about what belongs to others. */
function isAudited(exchange: Exchange<Caller>): boolean {
  const event = eventName(exchange);
  return event !== '' && (!event.endsWith('.read') || isOfOthers(exchange));
}

function isOfOthers(exchange: Exchange<Caller>): boolean {
  const reader = exchange.principal?.user;
  const users = addressedUsers(exchange);
  if (users.length > 0) return users.some((id) => id !== reader?.id);
  // Nobody is named: a user sees only what is theirs, a superuser what is everybody's.
  return reader === undefined || reader.is_superuser;
}

/** Somebody tried what is not theirs to do. Mistakes in a request are no matter of the trail, faults are the log's. */
function isRefusal({ operation }: Exchange<Caller>, status: number): boolean {
  const isSignIn = operation.security.length === 0;
  return status === 403 || status === 409 || (status === 401 && isSignIn);
}

/** A lost race is the transaction's to run again; anything else keeps the request from being done. */
function notWritten(cause: unknown): unknown {
  if (classifyDatabaseError(cause)?.kind === 'serialization') return cause;
  return serviceUnavailable('service_unavailable', 'The audit trail cannot be written now.', { cause });
}
