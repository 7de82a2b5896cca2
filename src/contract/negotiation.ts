/** What a client wants to get (RFC 9110, 12.5.1), against what an operation answers with. */
import { Problem } from './problem.ts';

/** A media type, or a range of them, taken apart; all in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** Without `q`. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A media type that an operation answers with. */
export interface Offer extends MediaRange {
  /** As the contract writes it. */
  readonly mediaType: string;
}

interface AcceptedRange extends MediaRange {
  readonly quality: number;
}

/** Undefined for what is no media type. */
export function mediaRange(text: string): MediaRange | undefined {
  const [essence = '', ...rest] = splitOutsideQuotes(text, ';');
  const [type, subtype] = essence.trim().toLowerCase().split('/');
  if (!type || !subtype || !token.test(type) || !token.test(subtype)) return undefined;
  return { type, subtype, parameters: parametersOf(rest) };
}

/**
 * The offer that a client with this `Accept` likes best; of those it likes the same, the first one in the
 * contract. Undefined: it takes none of them.
 */
export function preferredOffer(accept: string | undefined, offers: readonly Offer[]): string | undefined {
  const first = offers[0]?.mediaType;
  if (accept === undefined || accept === '*/*' || accept === first || accept.trim() === '') return first;
  const ranges = splitOutsideQuotes(accept, ',').flatMap(acceptedRange);
  let best: string | undefined;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality <= bestQuality) continue;
    bestQuality = quality;
    best = offer.mediaType;
  }
  return best;
}

export function notAcceptable(mediaTypes: readonly string[]): Problem {
  return new Problem({
    status: 406,
    code: 'not_acceptable',
    title: 'Not acceptable',
    detail: `This operation answers with ${mediaTypes.join(', ')}.`,
  });
}

/** The most specific range decides; of ranges that are offered, the best thing they may hold. */
function qualityOf(offer: Offer, ranges: readonly AcceptedRange[]): number {
  const isRange = offer.subtype === '*';
  let quality = 0;
  let rank = -1;
  for (const range of ranges) {
    const specificity = specificityOf(range, offer);
    if (specificity < 0) continue;
    if (isRange || specificity === rank) quality = Math.max(quality, range.quality);
    else if (specificity > rank) quality = range.quality;
    rank = Math.max(rank, specificity);
  }
  return quality;
}

/** How closely a range describes an offer; negative where it does not. */
function specificityOf({ type, subtype, parameters }: AcceptedRange, offer: Offer): number {
  if (!overlap(type, offer.type) || !overlap(subtype, offer.subtype)) return -1;
  for (const [name, value] of parameters) {
    if (!isMet(name, value, offer)) return -1;
  }
  return (type === '*' ? 0 : 1) + (subtype === '*' ? 0 : 1) + (parameters.size > 0 ? 1 : 0);
}

function overlap(one: string, other: string): boolean {
  return one === other || one === '*' || other === '*';
}

/** A client may name the charset that it will get anyway. */
function isMet(name: string, value: string, { parameters }: Offer): boolean {
  const own = parameters.get(name) ?? (name === 'charset' ? 'utf-8' : undefined);
  return own === value;
}

function acceptedRange(text: string): AcceptedRange[] {
  const range = mediaRange(text);
  if (!range) return [];
  const parameters = new Map(range.parameters);
  const quality = Number(parameters.get('q') ?? 1);
  if (!(quality >= 0 && quality <= 1)) return []; // NaN as well.
  parameters.delete('q');
  return [{ ...range, parameters, quality }];
}

const token = /^[\w!#$%&'*+.^`|~-]+$/;

function parametersOf(parts: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const value = part.slice(at + 1).trim();
    parameters.set(part.slice(0, at).trim().toLowerCase(), unquoted(value).toLowerCase());
  }
  return parameters;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    : value;
}

/** One pass, whatever the text: a client may send 16 KiB of quotes. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isQuoted && character === '\\') index += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}
