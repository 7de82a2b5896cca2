/** The body of a reply of another server to JSON, with its size, depth and coding bounded. */
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isWithinBounds } from './json-bounds.ts';
import { failed } from './outbound-error.ts';

/** What `readJson` can decode: for Accept-Encoding. */
export const acceptedCodings = 'gzip, deflate, br';

export interface JsonReply {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** Throws an OutboundError for what is no JSON, or more than `maxBytes` once decompressed. */
export async function readJson({ headers, body }: JsonReply, maxBytes: number): Promise<unknown> {
  if (!isJson(headers['content-type'])) throw failed('its reply is not JSON by its Content-Type');
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await collect(decoded(body, headers['content-encoding']), maxBytes);
  if (!isWithinBounds(bytes)) throw failed('its JSON is nested too deeply or holds too many values');
  return parsed(bytes);
}

const jsonType = /^application\/(?:[a-z0-9.-]+\+)?json$/;

/** JSON is UTF-8 (RFC 8259); a charset that says otherwise would be garbled. */
function isJson(contentType: string | string[] = ''): boolean {
  const [type = '', ...parameters] = String(contentType)
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return jsonType.test(type) && (charset === undefined || /^charset="?utf-8"?$/.test(charset));
}

/** One coding at most: nobody needs two, and each multiplies what a few bytes can become. */
function decoded(body: Readable, coding: unknown = 'identity'): Readable {
  const decoder = decoderOf(coding);
  // What goes wrong is told to whoever reads.
  return decoder ? pipeline(body, decoder, () => undefined) : body;
}

function decoderOf(coding: unknown) {
  switch (coding) {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw failed('its reply has a coding that was not asked for');
  }
}

/** Leaving the loop early destroys the stream, and with it the connection. */
async function collect(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of stream) {
    length += bytes.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without the cause: its message quotes what was sent. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw failed('its reply is not valid JSON');
  }
}

function tooLarge(maxBytes: number) {
  return failed(`its reply is larger than ${maxBytes} bytes`);
}
