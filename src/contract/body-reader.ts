/** Reads the bytes of a body: bounded in size, in time and in decompressions. */
import { watchArrival } from './body-arrival.ts';
import { badRequest, contentTooLarge } from './problem.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import type { BodyLimits } from './body-arrival.ts';

export interface BodySource {
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
}

/** The whole body, decompressed. Throws 400, 408 or 413 problems; never buffers more than `maxBytes`. */
export async function readBody(
  { headers, stream }: BodySource,
  limits: BodyLimits,
  createDecoder: (() => Transform) | undefined,
): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw contentTooLarge(limits.maxBytes);
  if (stream.readableEnded) throw new Error('Something else has read the body before the contract could.');
  if (stream.destroyed) throw bodyCutOff(undefined);
  const decoder = createDecoder?.();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const stopWatching = watchArrival(stream, limits, reject);
  const stopCollecting = collect(decoder ? stream.pipe(decoder) : stream, limits, { resolve, reject });
  decoder?.on('error', (cause) => reject(badRequest('The body cannot be decompressed.', cause)));
  stream.once('error', (cause) => reject(bodyCutOff(cause)));
  stream.once('close', () => {
    if (!stream.readableEnded) reject(bodyCutOff(undefined));
  });
  try {
    return await promise;
  } finally {
    stopWatching();
    stopCollecting();
    release(stream, decoder);
  }
}

/** True when the request carries a body, by the framing that HTTP/1.1 defines. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/** Gathers what a stream gives, up to the limit; returns how to stop. */
function collect(
  output: Readable,
  { maxBytes }: BodyLimits,
  { resolve, reject }: { resolve: (bytes: Buffer) => void; reject: (reason: unknown) => void },
): () => void {
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) reject(contentTooLarge(maxBytes));
    else chunks.push(chunk);
  };
  const finish = () => {
    const [first] = chunks;
    resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, size));
  };
  output.on('data', take);
  output.once('end', finish);
  return () => output.off('data', take).off('end', finish);
}

/** What is still to come of a refused body is not read here: the adapter closes the connection. */
function release(stream: Readable, decoder: Transform | undefined): void {
  if (decoder) {
    stream.unpipe(decoder);
    decoder.destroy();
  }
  if (!stream.readableEnded) stream.pause();
}

function bodyCutOff(cause: unknown): Error {
  return badRequest('The body ended before its announced length.', cause);
}
