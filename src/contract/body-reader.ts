/** Reads the bytes of a body: bounded in size, in time and in decompressions. */
import { watchArrival } from './body-arrival.ts';
import { createByteStore } from './byte-store.ts';
import { badRequest, contentTooLarge } from './problem.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import type { BodyLimits } from './body-arrival.ts';
import type { Problem } from './problem.ts';

export interface BodySource {
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
}

/** What a body has to keep to, and how it is decompressed. */
export interface Receiving {
  readonly limits: BodyLimits;
  readonly createDecoder: (() => Transform) | undefined;
}

/** How reading ends. */
export interface Ending<Result> {
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

/** The whole body, decompressed. Throws 400, 408 or 413 problems; never buffers more than `maxBytes`. */
export function readBody(
  source: BodySource,
  limits: BodyLimits,
  createDecoder: (() => Transform) | undefined,
): Promise<Buffer> {
  return receive(source, { limits, createDecoder }, collect);
}

/**
 * Lets `start` read the decompressed body and resolves as it says. Throws 400, 408 or 413 problems when the body
 * does not arrive as it should. `start` returns how to stop reading, which is called however it ends.
 */
export async function receive<Result>(
  { headers, stream }: BodySource,
  { limits, createDecoder }: Receiving,
  start: (output: Readable, ending: Ending<Result>) => () => void,
): Promise<Result> {
  if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw contentTooLarge(limits.maxBytes);
  if (stream.readableEnded) throw new Error('Something else has read the body before the contract could.');
  if (stream.destroyed) throw bodyCutOff(undefined);
  const decoder = createDecoder?.();
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const stopWatching = watchArrival(stream, limits, reject);
  const stopMeasuring = decoder && measure(decoder, limits, reject);
  const stopReading = start(decoder ? stream.pipe(decoder) : stream, { resolve, reject });
  decoder?.on('error', (cause) => reject(badRequest('The body cannot be decompressed.', cause)));
  stream.once('error', (cause) => reject(bodyCutOff(cause)));
  stream.once('close', () => {
    if (!stream.readableEnded) reject(bodyCutOff(undefined));
  });
  try {
    return await promise;
  } finally {
    stopWatching();
    stopMeasuring?.();
    stopReading();
    release(stream, decoder);
  }
}

/** True when the request carries a body, by the framing that HTTP/1.1 defines. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/** What a body unpacks to may not be larger than what may arrive. */
function measure(
  decoder: Transform,
  { maxBytes }: BodyLimits,
  reject: (problem: Problem) => void,
): () => void {
  let size = 0;
  const count = (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) reject(contentTooLarge(maxBytes));
  };
  decoder.on('data', count);
  return () => decoder.off('data', count);
}

/** Gathers what a stream gives; returns how to stop. */
function collect(output: Readable, { resolve }: Ending<Buffer>): () => void {
  const store = createByteStore();
  const take = (chunk: Buffer) => store.add(chunk);
  const finish = () => resolve(store.whole());
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
