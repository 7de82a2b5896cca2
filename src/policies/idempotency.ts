/** `x-idempotent`: a request with an Idempotency-Key is done once, and every repeat gets the first reply. */
import { Problem, conflict, internalError } from '#contract';
import type { ContractOptions, Exchange, Hooks, Operation, ReplyValue } from '#contract';
import type { Clock } from '#platform/clock.ts';
import type { Trx } from '#platform/database/database.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import { findStoredReply, lockKey, storeReply } from './idempotency-queries.ts';
import type { KeyName } from './idempotency-queries.ts';
import { keyHeader, keyOf, requestHash } from './idempotency-request.ts';
import type { Caller } from './idempotency-request.ts';
import { isReply, isSuccess } from './reply-value.ts';

/** How long a reply is kept. Expired rows are ignored, and left to a job that deletes them. */
const lifetimeMs = 24 * 60 * 60 * 1000;

export interface IdempotencyPolicy extends Hooks<Caller> {
  /**
   * The transaction of a request. Where a key was sent it takes the key, and then either runs `fn` and keeps its
   * reply together with what it wrote, or runs nothing and returns the reply that was kept. `fn` must return the
   * reply; when it throws nothing is kept, so that the request can be repeated.
   */
  transaction(exchange: Exchange<Caller>, run: RunTransaction): RunTransaction;
}

type Options = { readonly clock: Clock } & Pick<ContractOptions<Caller, object>, 'breaches' | 'onBreach'>;

export function idempotencyPolicy({ clock, breaches, onBreach }: Options): IdempotencyPolicy {
  const claimed = new WeakSet<Exchange<Caller>>();
  return {
    check: faultsOf,

    transaction(exchange, run) {
      const name = keyOf(exchange);
      if (!name) return run;
      const request = { exchange, name, hash: requestHash(exchange), now: clock.now() };
      return async (fn) => {
        // Twice, and the second would find what the first has kept.
        if (claimed.has(exchange)) throw new TypeError(`${name.operation} may use its transaction once.`);
        claimed.add(exchange);
        const { reply, isReplay } = await run((trx) => once(trx, request, fn));
        if (isReplay) exchange.replyHeaders['Idempotency-Replayed'] = 'true';
        return reply;
      };
    },

    /** A handler that forgets the transaction would do everything again for each repeat. */
    replied(exchange, { status }) {
      if (!isSuccess(status) || claimed.has(exchange) || !keyOf(exchange)) return;
      const detail = 'the operation is x-idempotent and did not use its transaction';
      onBreach?.({ operation: exchange.operation.id, status, detail });
      if (breaches === 'fail') throw internalError(new Error(detail));
    },
  };
}

/** Keys belong to users, a key that cannot be sent protects nobody, and what is kept of a reply is its JSON. */
function faultsOf({ extensions, security, parameters, replies }: Operation): string[] {
  const value = extensions['x-idempotent'];
  if (value === undefined) return [];
  if (value !== true) return [`has the x-idempotent ${JSON.stringify(value)}: it must be true`];
  const isPublic = security.length === 0 || security.some((schemes) => Object.keys(schemes).length === 0);
  const takesKey = parameters.some(({ name, in: location }) => location === 'header' && name === keyHeader);
  return [
    ...(isPublic ? ['has x-idempotent, but may be called by nobody in particular'] : []),
    ...(takesKey ? [] : [`has x-idempotent, but does not take the header ${keyHeader}`]),
    ...(isKeepable(replies.mediaTypes)
      ? []
      : [
          `has x-idempotent, but answers with ${replies.mediaTypes.join(', ')}, of which only one JSON can be kept`,
        ]),
  ];
}

function isKeepable([mediaType = 'application/json', ...others]: readonly string[]): boolean {
  return others.length === 0 && /[/+]json$/i.test(mediaType);
}

interface KeyedRequest {
  readonly exchange: Exchange<Caller>;
  readonly name: KeyName;
  readonly hash: Buffer;
  readonly now: Date;
}

async function once<T>(
  trx: Trx,
  request: KeyedRequest,
  fn: (trx: Trx) => Promise<T>,
): Promise<{ reply: T; isReplay: boolean }> {
  const kept = await keptReply(trx, request);
  const reply: T | ReplyValue = kept ?? (await fn(trx));
  if (!isReplyOf<T>(reply)) {
    throw new TypeError(
      `${request.name.operation} is x-idempotent and must reply inside of its transaction.`,
    );
  }
  if (!kept && isSuccess(reply.status)) await keepReply(trx, request, reply);
  return { reply, isReplay: kept !== undefined };
}

/** A kept reply stands for the one that `fn` would have made: nothing but replies passes here, and none else is kept. */
function isReplyOf<T>(made: T | ReplyValue): made is T & ReplyValue {
  return isReply(made);
}

/** Takes the key; throws when another request has it, or had it for something else. */
async function keptReply(trx: Trx, { name, hash, now }: KeyedRequest): Promise<ReplyValue | undefined> {
  if (!(await lockKey(trx, name))) throw keyInUse();
  const stored = await findStoredReply(trx, name, now);
  if (!stored) return undefined;
  if (!stored.request_hash.equals(hash)) throw keyReused();
  const { status, headers, body } = stored;
  return { status, headers, body: body === null ? undefined : JSON.parse(body) };
}

/** As it is sent: projected onto the contract, so that nothing is kept that may not leave. */
async function keepReply(
  trx: Trx,
  { exchange, name, hash, now }: KeyedRequest,
  { status, headers, body }: ReplyValue,
): Promise<void> {
  const sent = exchange.operation.replies.find(status)?.body?.project(body);
  await storeReply(trx, {
    ...name,
    request_hash: hash,
    status,
    headers,
    body: sent === undefined ? null : JSON.stringify(sent),
    created_at: now,
    expires_at: new Date(now.getTime() + lifetimeMs),
  });
}

function keyInUse(): Problem {
  return conflict('idempotency_key_in_use', 'A request with this Idempotency-Key is still running.');
}

function keyReused(): Problem {
  return new Problem({
    status: 422,
    code: 'idempotency_key_reused',
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was used for another request.',
  });
}
