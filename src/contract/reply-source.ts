/** Bodies that are made while they are sent: where they come from, and how they end. */
import { Readable } from 'node:stream';

/** What the adapter writes, part by part. Whoever takes one reads it to its end, or ends it. */
export interface ReplyStream {
  /** What to send when the source is silent; undefined: nothing. */
  readonly heartbeat: string | undefined;
  /** Waits a moment for the first part; rejects when the source fails before it. Called once, before `next`. */
  begin(): Promise<void>;
  /** The next part; undefined at the end. Rejects when the source fails, or gives what it must not. */
  next(): Promise<Part>;
  /** Ends the source, read or unread; may be called again. Rejects with what the source throws then. */
  end(): Promise<void>;
}

export interface StreamRules {
  /** From what the source gives to what is sent; throws for what it must not give. */
  encode(value: unknown): string | Uint8Array;
  /** In bytes, where the handler told: more or fewer would break the connection's framing. */
  readonly length: number | undefined;
  readonly heartbeat?: string;
}

/** A source that says nothing for so long gets its head sent, and what fails later can only be cut off. */
const firstPartMs = 1_000;

type Part = string | Uint8Array | undefined;

/** Nothing is asked of the source before `begin` or the first `next`. */
export function replyStream(
  source: AsyncIterable<unknown>,
  { encode, length, heartbeat }: StreamRules,
): ReplyStream {
  let iterator: AsyncIterator<unknown> | undefined;
  let sentBytes = 0;
  let first: Promise<Part> | undefined;
  const take = async (): Promise<Part> => {
    iterator ??= source[Symbol.asyncIterator]();
    const result: IteratorResult<unknown, unknown> = await iterator.next();
    const part = result.done ? undefined : encode(result.value);
    if (part !== undefined) sentBytes += Buffer.byteLength(part);
    if (length !== undefined && isOff(sentBytes, length, part === undefined)) {
      throw new Error(`The source of the reply gave ${sentBytes} bytes and had announced ${length}`);
    }
    return part;
  };
  return {
    heartbeat,
    async begin() {
      // Of events a client wants the head at once; after a problem it would never come back.
      if (heartbeat === undefined) await settledWithin(firstPartMs, (first = take()));
    },
    next() {
      const part = first ?? take();
      first = undefined;
      return part;
    },
    end: () => endSource(source, iterator),
  };
}

/** Resolves after `ms` at the latest; what the promise rejects with afterwards is told to whoever awaits it, too. */
async function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isOff(sentBytes: number, length: number, isEnd: boolean): boolean {
  return isEnd ? sentBytes < length : sentBytes > length;
}

/** True for streams of Node and of the web, generators, and whatever else can be iterated over time. */
export function isSource(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** A file that cannot be opened says so at once, perhaps before anybody reads: unheard, that ends the process. */
export function guardSource(body: unknown): void {
  if (body instanceof Readable) body.on('error', () => undefined); // Whoever reads it is told as well.
}

/** Ends a stream that is not written after all. */
export function discardStream(stream: ReplyStream): void {
  stream.end().catch(() => undefined); // As above.
}

export function isStream(body: string | Uint8Array | ReplyStream | undefined): body is ReplyStream {
  return typeof body === 'object' && 'next' in body;
}

/** Ends a source that nobody will read; of anything else nothing has to be ended. */
export function discardSource(body: unknown): void {
  if (isSource(body)) endSource(body, undefined).catch(() => undefined); // Another failure is being told.
}

async function endSource(
  source: AsyncIterable<unknown>,
  iterator: AsyncIterator<unknown> | undefined,
): Promise<void> {
  if (hasMethod(source, 'destroy')) source.destroy();
  else if (iterator) await iterator.return?.();
  else if (hasMethod(source, 'cancel')) await source.cancel();
  else if (hasMethod(source, 'return')) await source.return();
}

function hasMethod<Name extends string>(source: object, name: Name): source is Record<Name, () => unknown> {
  return name in source && typeof Reflect.get(source, name) === 'function';
}
