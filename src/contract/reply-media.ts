/** The media types of replies: what a body of each may be, and which one a `Content-Type` means. */
import { mediaRange } from './negotiation.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, MediaTypeObject } from './document.ts';
import type { MediaRange, Offer } from './negotiation.ts';

/**
 * `json`: any JSON value. `text`: a string in UTF-8, or bytes. `binary`: bytes. `events`: server-sent events.
 * `lines`: one JSON value in each line. Text and bytes come whole or as a stream, the last two as a stream.
 */
export type ReplyKind = 'json' | 'text' | 'binary' | 'events' | 'lines';

const lineTypes = new Set(['application/jsonl', 'application/x-ndjson', 'application/ndjson']);

const textTypes = new Set(['application/xml', 'application/yaml', 'application/javascript',
  'application/x-www-form-urlencoded']); // prettier-ignore

/** The kind of a media type that is no range. */
export function replyKind({ type, subtype }: MediaRange): ReplyKind {
  const essence = `${type}/${subtype}`;
  if (essence === 'application/json' || subtype.endsWith('+json')) return 'json';
  if (essence === 'text/event-stream') return 'events';
  if (lineTypes.has(essence)) return 'lines';
  const isText = type === 'text' || textTypes.has(essence) || /\+(?:xml|yaml)$/.test(subtype);
  return isText ? 'text' : 'binary';
}

/**
 * The kind of what a contract documents. Frameworks write the range of all media types, with the schema of a
 * JSON value, for replies whose media type they do not know: those are JSON.
 */
export function documentedKind(
  document: ContractDocument,
  offer: Offer,
  { schema }: MediaTypeObject,
): ReplyKind {
  if (!isRange(offer)) return replyKind(offer);
  if (offer.type === 'text') return 'text';
  const mayHoldJson = overlapsJson(offer) && schema !== undefined;
  return mayHoldJson && !mayBeText(document, schema) ? 'json' : 'binary';
}

function overlapsJson({ type }: MediaRange): boolean {
  return type === '*' || type === 'application';
}

/** True for a schema that a string fits, going by its type. */
export function mayBeText(document: ContractDocument, schema: unknown): boolean {
  const types = typesOf(document, schema);
  return types.length === 0 || types.includes('string');
}

export function isRange({ subtype }: MediaRange): boolean {
  return subtype === '*';
}

/** True when a named media type is what the offer says, or within its range. */
export function covers(offer: Offer, named: MediaRange): boolean {
  const isWithin =
    (offer.type === '*' || offer.type === named.type) &&
    (offer.subtype === '*' || offer.subtype === named.subtype);
  if (!isWithin || isRange(named)) return false;
  for (const [name, value] of offer.parameters) {
    if (name !== 'charset' && named.parameters.get(name) !== value) return false;
  }
  return true;
}

/** Everything that is made of characters leaves in UTF-8. */
export function isForeignCharset({ parameters }: MediaRange): boolean {
  const charset = parameters.get('charset');
  return charset !== undefined && charset !== 'utf-8' && charset !== 'utf8';
}

/** A `Content-Type` of this kind, with its charset where it has one. */
export function withCharset(contentType: string, { parameters }: MediaRange, kind: ReplyKind): string {
  const isCharacters = kind === 'json' || kind === 'text';
  return isCharacters && !parameters.has('charset') ? `${contentType}; charset=utf-8` : contentType;
}

/** Undefined for a key of `content` that is no media type. */
export function offerOf(mediaType: string): Offer | undefined {
  const range = mediaRange(mediaType);
  return range && { ...range, mediaType };
}
