/** Watches the bytes of a body as they arrive: not too many, not too slowly. */
import { contentTooLarge, requestTimeout } from './problem.ts';
import type { Readable } from 'node:stream';
import type { Problem } from './problem.ts';

/** How slowly a body may arrive. Node's own `requestTimeout` would cut a healthy upload of 1 GiB. */
export interface BodyPace {
  /** Longest silence between two pieces. */
  readonly idleMs: number;
  /** After the first idle span the average must not fall below this. */
  readonly minBytesPerSecond: number;
}

export interface BodyLimits extends BodyPace {
  /** Of what arrives and of what it decompresses to: either could go on for ever. */
  readonly maxBytes: number;
}

/** Rejects with 413 or 408; returns how to stop watching. */
export function watchArrival(
  stream: Readable,
  limits: BodyLimits,
  reject: (problem: Problem) => void,
): () => void {
  const started = performance.now();
  let received = 0;
  let heard = started;
  let checked = started;
  let pausedMs = 0;
  const count = (chunk: Buffer) => {
    received += chunk.length;
    heard = performance.now();
    if (received > limits.maxBytes) reject(contentTooLarge(limits.maxBytes));
  };
  const check = () => {
    const now = performance.now();
    const spanMs = now - checked;
    checked = now;
    if (stream.isPaused()) {
      // A file is stored more slowly than it arrives: not the client lets us wait.
      pausedMs += spanMs;
      heard = now;
    } else if (isTooSlow({ silentMs: now - heard, elapsedMs: now - started - pausedMs, received }, limits)) {
      reject(requestTimeout());
    }
  };
  const timer = setInterval(check, limits.idleMs / 4);
  stream.on('data', count);
  return () => {
    clearInterval(timer);
    stream.off('data', count);
  };
}

function isTooSlow(
  { silentMs, elapsedMs, received }: { silentMs: number; elapsedMs: number; received: number },
  { idleMs, minBytesPerSecond }: BodyPace,
): boolean {
  if (silentMs > idleMs) return true;
  return elapsedMs > idleMs && received < (elapsedMs / 1000) * minBytesPerSecond;
}
