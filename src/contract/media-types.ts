/** Media types of requests: what was sent, and what can be read (415). Those of replies: reply-media.ts. */
import { parse } from 'content-type';
import { servedEncodings } from './body-encoding.ts';
import { Problem } from './problem.ts';

/** How a body of a media type is read and written; undefined: the engine does not support it. */
export type BodyKind = 'json' | 'form' | undefined;

export function kindOf(mediaType: string): BodyKind {
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  return mediaType === 'application/x-www-form-urlencoded' ? 'form' : undefined;
}

/** A `Content-Type` in its parts, lower case. */
export interface SentMediaType {
  readonly mediaType: string;
  readonly isUtf8: boolean;
}

const plainJson: SentMediaType = { mediaType: 'application/json', isUtf8: true };

/** What a `Content-Type` says; a missing or malformed one, or one that is a range, is a 415. */
export function sentMediaType(header: string | undefined, refuse: () => Problem): SentMediaType {
  if (header === undefined) throw refuse();
  if (header === plainJson.mediaType) return plainJson;
  const parsed = parsedOrUndefined(header);
  if (!parsed || parsed.type.includes('*')) throw refuse();
  const charset = parsed.parameters['charset']?.toLowerCase();
  const isUtf8 = charset === undefined || charset === 'utf-8' || charset === 'utf8';
  return { mediaType: parsed.type.toLowerCase(), isUtf8 };
}

/** The value for a media type: that of its own name, else of `image/*`, else of the range of everything. */
export function mostSpecific<Value>(
  byRange: ReadonlyMap<string, Value>,
  mediaType: string,
): Value | undefined {
  const found = byRange.get(mediaType);
  if (found) return found;
  return byRange.get(`${mediaType.slice(0, mediaType.indexOf('/'))}/*`) ?? byRange.get('*/*');
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
  const charset = mediaTypes.some(isText) ? ', in UTF-8' : '';
  return unsupported(
    `Send the body as ${mediaTypes.join(', ')}${charset}.`,
    acceptHeader(method, mediaTypes),
  );
}

function isText(mediaType: string): boolean {
  return kindOf(mediaType) !== undefined || mediaType.startsWith('text/');
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
