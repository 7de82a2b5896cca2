/** Writes a stream to a client, at the client's pace, and ends it with the client. */
import type { ServerResponse } from 'node:http';
import type { ReplyStream } from './reply-source.ts';

export interface StreamTarget {
  readonly res: ServerResponse;
  /** Completes a reply whose parts have all been written. */
  finish(): void;
  /** Hears of a source that failed; the reply is cut, so that nobody takes it for whole. */
  onBroken(error: unknown): void;
  /** How long the source may be silent before the client gets a sign of life. */
  readonly heartbeatMs: number;
}

/** Resolves when everything is written, or the client is gone and the source has ended. Never rejects. */
export async function writeStream(stream: ReplyStream, target: StreamTarget): Promise<void> {
  const { res, finish, onBroken, heartbeatMs } = target;
  // At once, not when the next part comes: an idle source would wait for a client that has left long ago.
  const leave = () => endQuietly(stream, onBroken);
  res.once('close', leave);
  const heartbeat = beat(stream, res, heartbeatMs);
  try {
    res.flushHeaders();
    const isWhole = await pour(stream, res);
    if (isWhole) finish();
  } catch (error) {
    if (!res.destroyed) breakOff(error, target);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Asks for a part only when the one before has been taken. False when the client has gone. */
async function pour(stream: ReplyStream, res: ServerResponse): Promise<boolean> {
  while (!isGone(res)) {
    const part = await stream.next();
    if (isGone(res)) return false;
    if (part === undefined) return true;
    if (!res.write(part)) await taken(res);
  }
  return false;
}

function isGone({ destroyed }: ServerResponse): boolean {
  return destroyed;
}

function taken(res: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const go = () => {
    res.off('drain', go).off('close', go);
    resolve();
  };
  res.on('drain', go).on('close', go);
  return promise;
}

function beat({ heartbeat }: ReplyStream, res: ServerResponse, ms: number): NodeJS.Timeout | undefined {
  if (heartbeat === undefined) return undefined;
  return setInterval(() => {
    if (!res.destroyed && !res.writableNeedDrain) res.write(heartbeat);
  }, ms);
}

/** Without its last chunk, or short of its length; a client that knows neither is told by a reset. */
function breakOff(error: unknown, { res, onBroken }: StreamTarget): void {
  onBroken(error);
  const { socket } = res;
  if (res.req.httpVersionMinor === 0 && socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else res.destroy();
}

/** The client has left, and what the source throws for that reason is nobody's fault. */
function endQuietly(stream: ReplyStream, onBroken: (error: unknown) => void): void {
  stream.end().catch((error: unknown) => {
    if (!isAbort(error)) onBroken(error);
  });
}

function isAbort(error: unknown): boolean {
  return Error.isError(error) && error.name === 'AbortError';
}
