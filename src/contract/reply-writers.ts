/** Writes the bodies that are not JSON: text and bytes, whole or as a stream, and streams of JSON values. */
import { isUint8Array } from 'node:util/types';
import { eventEncoder, heartbeat, lineEncoder } from './reply-events.ts';
import { bodyFaults } from './reply-json.ts';
import { isSource, replyStream } from './reply-source.ts';
import type { Content } from './reply-choice.ts';
import type { SentHeaders } from './reply-headers.ts';
import type { ReplyStream } from './reply-source.ts';

type Tell = (detail: string) => void;

interface Given {
  readonly body: unknown;
  readonly sent: SentHeaders;
}

/** Undefined, and a breach, for a body of another kind. */
export function writeContent(
  content: Content,
  given: Given,
  breach: Tell,
): string | Uint8Array | ReplyStream | undefined {
  const { kind, contentType } = content;
  const { body, sent } = given;
  if (isSource(body) && kind !== 'json') return streamOf(content, { body, sent }, breach);
  if (kind === 'text' && typeof body === 'string') return wholeText(content, { body, sent }, breach);
  if ((kind === 'text' || kind === 'binary') && isUint8Array(body)) return whole(body, sent);
  breach(`has a body that cannot be sent as ${contentType}`);
  return undefined;
}

/** What is there as a whole is counted when it is written. */
function whole<Body>(body: Body, sent: SentHeaders): Body {
  if (sent['Content-Length'] !== undefined) delete sent['Content-Length'];
  return body;
}

function wholeText(
  { plan: { validator } }: Content,
  { body, sent }: { body: string; sent: SentHeaders },
  breach: Tell,
): string {
  if (!validator.accepts(body)) breach(bodyFaults(validator, body));
  return whole(body, sent);
}

function streamOf(
  { plan, kind }: Content,
  { body, sent }: { body: AsyncIterable<unknown>; sent: SentHeaders },
  breach: Tell,
): ReplyStream {
  const told = sent['Content-Length'];
  const length = told === undefined ? undefined : Number(told);
  if (kind === 'events') return replyStream(body, { encode: eventEncoder(plan, breach), length, heartbeat });
  if (kind === 'lines') return replyStream(body, { encode: lineEncoder(plan, breach), length });
  return replyStream(body, { encode: kind === 'text' ? asTextOrBytes : asBytes, length });
}

function asTextOrBytes(part: unknown): string | Uint8Array {
  return typeof part === 'string' ? part : asBytes(part);
}

function asBytes(part: unknown): Uint8Array {
  if (isUint8Array(part)) return part;
  throw new TypeError(`The source of the reply gave a ${typeof part} where bytes are sent`);
}
