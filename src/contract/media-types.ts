/** Media types of requests and replies: what was sent (415) and what is wanted (406). */
import { parse } from 'content-type';
import Negotiator from 'negotiator';
import { servedEncodings } from './body-encoding.ts';
import { Problem } from './problem.ts';

/** How a body of a media type is read and written; undefined: the engine does not support it. */
export type BodyKind = 'json' | 'form' | undefined;

export function kindOf(mediaType: string): BodyKind {
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  return mediaType === 'application/x-www-form-urlencoded' ? 'form' : undefined;
}

/** The media type of a `Content-Type`, lower case; a charset other than UTF-8 or a malformed header is a 415. */
export function sentMediaType(header: string | undefined, refuse: () => Problem): string {
  if (header === undefined) throw refuse();
  if (header === 'application/json') return header;
  const parsed = parsedOrUndefined(header);
  const charset = parsed?.parameters['charset']?.toLowerCase();
  if (!parsed || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) throw refuse();
  return parsed.type.toLowerCase();
}

function parsedOrUndefined(header: string): ReturnType<typeof parse> | undefined {
  try {
    return parse(header);
  } catch {
    return undefined;
  }
}

/** 415 that tells which media types the operation takes. */
export function unsupportedMediaType(method: string, mediaTypes: readonly string[]): Problem {
  return unsupported(
    `Send the body as ${mediaTypes.join(', ')}, in UTF-8.`,
    acceptHeader(method, mediaTypes),
  );
}

/** 415 that tells which encodings can be decoded. */
export function unsupportedEncoding(method: string, mediaTypes: readonly string[]): Problem {
  const headers = { ...acceptHeader(method, mediaTypes), 'Accept-Encoding': servedEncodings };
  return unsupported(`The body may be encoded once, with one of ${servedEncodings}.`, headers);
}

/** HTTP has no such header for PUT. */
function acceptHeader(method: string, mediaTypes: readonly string[]): Record<string, string> {
  const name = { POST: 'Accept-Post', PATCH: 'Accept-Patch' }[method];
  return name ? { [name]: mediaTypes.join(', ') } : {};
}

function unsupported(detail: string, headers: Record<string, string>): Problem {
  return new Problem({
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail,
    headers,
  });
}

/** True when a client that sent this `Accept` takes one of the media types. */
export function accepts(accept: string | undefined, mediaTypes: readonly string[]): boolean {
  if (accept === undefined || accept === '*/*' || accept.trim() === '' || mediaTypes.length === 0)
    return true;
  if (mediaTypes.includes(accept)) return true;
  return new Negotiator({ headers: { accept } }).mediaTypes(mediaTypes.flatMap(withCharset)).length > 0;
}

/** A client may name the charset that it will get anyway. */
function withCharset(mediaType: string): string[] {
  return [mediaType, `${mediaType};charset=utf-8`];
}

export function notAcceptable(mediaTypes: readonly string[]): Problem {
  return new Problem({
    status: 406,
    code: 'not_acceptable',
    title: 'Not acceptable',
    detail: `This operation answers with ${mediaTypes.join(', ')}.`,
  });
}
