/** Percent-encoding of URLs and of form bodies; what cannot be decoded is a 400, never a 500. */
import { badRequest } from './problem.ts';

/** Decodes one component; `+` is a space, as in queries and forms. */
export function decodeComponent(raw: string): string {
  return raw.includes('+') ? decodeUriComponent(raw.replaceAll('+', ' ')) : decodeUriComponent(raw);
}

/** Decodes one component; `+` is a plus, as in paths and cookies. */
export function decodeUriComponent(raw: string): string {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw badRequest('The request has a malformed percent-encoding.', cause);
  }
}

/** What no URI holds and every client encodes: let through, it would arrive as broken text. */
const unencoded = /[^\x21\x22\x24-\x7e]/;

/** Throws a 400 problem for a path or query with characters that need encoding. */
export function refuseUnencoded(text: string): void {
  if (unencoded.test(text)) throw badRequest('The URL has characters that must be percent-encoded.');
}
