/** From a handler's reply to bytes: checked against the contract, projected onto it, conditional. */
import { matchesNone } from './conditional.ts';
import { contentOf } from './reply-choice.ts';
import { writeContent } from './reply-writers.ts';
import { checkedHeaders } from './reply-headers.ts';
import { jsonText } from './reply-json.ts';
import { isBodiless } from './reply-plan.ts';
import { isSource } from './reply-source.ts';
import type { Exchange, PlainReply } from './exchange.ts';
import type { SentHeaders } from './reply-headers.ts';
import type { ReplyPlan } from './reply-plan.ts';

/** What a handler's `reply(…)` made; only the engine opens it. */
export interface ReplyValue {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, HeaderValue | undefined>>;
}

/** The value of a header; lists and objects are written in style `simple`, or as JSON. */
export type HeaderValue =
  string | number | boolean | null | HeaderValue[] | { readonly [name: string]: HeaderValue | undefined };

/** A reply that is not what the contract says; `detail` is for the log, never for the client. */
export interface Breach {
  readonly operation: string;
  readonly status: number;
  readonly detail: string;
}

type Tell = (detail: string) => void;

/**
 * Checks and writes a reply. `onBreach` hears of every difference from the contract, and may throw; of the parts
 * of a stream it hears while they are sent. Undefined: the status or the media type is not documented, or the
 * body is of another kind, and nothing can be said of the rest.
 */
export function writeReply(
  exchange: Exchange,
  { status, body, headers }: ReplyValue,
  onBreach: (breach: Breach) => void,
): PlainReply | undefined {
  const { operation } = exchange;
  const breach = (detail: string) => onBreach({ operation: operation.id, status, detail });
  const plan = operation.replies.find(status);
  if (!plan) {
    breach('the contract does not document this status');
    return undefined;
  }
  const sent = checkedHeaders(headers, plan, breach);
  const etag = sent['ETag'];
  sent['Cache-Control'] ??= etag === undefined ? 'no-store' : revalidate;
  if (operation.replies.offers.length > 1) sent['Vary'] = varying(sent['Vary']);
  if (typeof etag === 'string' && isNotModified(exchange, status, etag)) {
    return { status: 304, headers: validatorsIn(sent), body: undefined };
  }
  if (!plan.body || isBodiless(status)) {
    if (body !== undefined)
      breach(`has a body, which ${plan.body ? 'this status never has' : 'the contract does not document'}`);
    return { status, headers: sent, body: undefined };
  }
  return withBody(exchange, { plan, status, sent, body }, breach);
}

function withBody(
  exchange: Exchange,
  { plan, status, sent, body }: { plan: ReplyPlan; status: number; sent: SentHeaders; body: unknown },
  breach: Tell,
): PlainReply | undefined {
  const content = contentOf(plan, { named: sent['Content-Type'], accepted: exchange.accepted }, breach);
  if (!content) return undefined;
  sent['Content-Type'] = content.contentType;
  if (content.plan.kind === 'json' && !isSource(body)) {
    if (sent['Content-Length'] !== undefined) delete sent['Content-Length']; // Counted when it is written.
    return { status, headers: sent, body: jsonText(content.plan, body, breach) };
  }
  const written = writeContent(content, { body, sent }, breach);
  return written === undefined ? undefined : { status, headers: sent, body: written };
}

/** A client may keep the reply, for its own user, and must ask before it uses it again. */
const revalidate = 'private, no-cache';

function varying(given: SentHeaders[string] | undefined): string {
  if (given === undefined) return 'Accept';
  const names = String(given);
  return /(?:^|,)\s*(?:accept|\*)\s*(?:,|$)/i.test(names) ? names : `${names}, Accept`;
}

/** RFC 9110, 13.1.2: only where the operation documents 304. */
function isNotModified({ method, headers, operation }: Exchange, status: number, etag: string): boolean {
  const condition = headers['if-none-match'];
  if (condition === undefined || (status !== 200 && status !== 206)) return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return operation.replies.find(304) !== undefined && !matchesNone(condition, etag);
}

/** RFC 9110, 15.4.5: what a 304 repeats. */
const repeated = ['ETag', 'Cache-Control', 'Vary', 'Content-Location', 'Expires'];

function validatorsIn(sent: SentHeaders): SentHeaders {
  const kept: SentHeaders = {};
  for (const name of repeated) {
    const value = sent[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
