/** From a handler's reply to bytes: checked against the contract, projected onto it, conditional. */
import { matchesNone } from './conditional.ts';
import { checkedHeaders } from './reply-headers.ts';
import type { Exchange, PlainReply } from './exchange.ts';
import type { BodyPlan } from './reply-plan.ts';
import type { Validator } from './validator.ts';

/** What a handler's `reply(…)` made; only the engine opens it. */
export interface ReplyValue {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** A reply that is not what the contract says; `detail` is for the log, never for the client. */
export interface Breach {
  readonly operation: string;
  readonly status: number;
  readonly detail: string;
}

/**
 * Checks and writes a reply. `onBreach` hears of every difference from the contract, and may throw.
 * Undefined: the status is not documented, and nothing can be said of the rest.
 */
export function writeReply(
  exchange: Exchange,
  { status, body, headers }: ReplyValue,
  onBreach: (breach: Breach) => void,
): PlainReply | undefined {
  const breach = (detail: string) => onBreach({ operation: exchange.operation.id, status, detail });
  const plan = exchange.operation.replies.find(status);
  if (!plan) {
    breach('the contract does not document this status');
    return undefined;
  }
  const sent = checkedHeaders(headers, plan, breach);
  const etag = sent['ETag'];
  sent['Cache-Control'] ??= etag === undefined ? 'no-store' : revalidate;
  if (etag !== undefined && isNotModified(exchange, status, etag)) {
    return { status: 304, headers: { ETag: etag, 'Cache-Control': sent['Cache-Control'] }, body: undefined };
  }
  if (!plan.body) {
    if (body !== undefined) breach('has a body, which the contract does not document');
    return { status, headers: sent, body: undefined };
  }
  sent['Content-Type'] = `${plan.body.mediaType}; charset=utf-8`;
  return { status, headers: sent, body: bodyText(plan.body, body, breach) };
}

/** A client may keep the reply, for its own user, and must ask before it uses it again. */
const revalidate = 'private, no-cache';

/** RFC 9110, 13.1.2: only where the operation documents 304. */
function isNotModified({ method, headers, operation }: Exchange, status: number, etag: string): boolean {
  const condition = headers['if-none-match'];
  if (condition === undefined || status !== 200 || (method !== 'GET' && method !== 'HEAD')) return false;
  return operation.replies.find(304) !== undefined && !matchesNone(condition, etag);
}

function bodyText({ project, validator }: BodyPlan, body: unknown, breach: (detail: string) => void): string {
  const projected = project(body);
  if (!validator.accepts(projected)) breach(bodyFaults(validator, projected));
  // A body that is missing has no JSON; validation has told of it already.
  return projected === undefined ? 'null' : JSON.stringify(projected);
}

/** The first faults of a body, for the log. */
export function bodyFaults(validator: Validator, body: unknown): string {
  const faults = validator.everyError(body).slice(0, 5);
  return faults.map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`).join('; ');
}
