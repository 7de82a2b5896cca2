/** Counts requests per key and window; in memory here, behind an interface that a shared store can fill. */
import type { Clock } from './clock.ts';

export interface Limit {
  /** Requests per window. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What is left of a window after a request was counted. */
export interface Quota {
  readonly isExceeded: boolean;
  readonly remaining: number;
  /** Until the window ends, at least 1. */
  readonly resetSeconds: number;
}

export interface Limiter {
  /** Counts one request under `key`. Keys of different limits must differ. */
  consume(key: string, limit: Limit): Quota | Promise<Quota>;
}

/** Counts at once: nobody waits. */
export interface MemoryLimiter extends Limiter {
  consume(key: string, limit: Limit): Quota;
}

interface Window {
  endsAt: number;
  used: number;
}

/**
 * A limiter for one process: a window starts with the first request of a key. Holds at most `maxKeys` keys;
 * beyond that the one that was new first is forgotten, so that a flood of addresses cannot fill the memory.
 */
export function createMemoryLimiter({
  clock,
  maxKeys = 100_000,
}: {
  clock: Clock;
  maxKeys?: number;
}): MemoryLimiter {
  const windows = new Map<string, Window>();

  function currentWindow(key: string, windowMs: number, now: number): Window {
    const known = windows.get(key);
    if (known && known.endsAt > now) return known;
    windows.delete(key); // An ended window starts anew at the end of the line.
    if (windows.size >= maxKeys) forgetOldest(windows);
    const started = { endsAt: now + windowMs, used: 0 };
    windows.set(key, started);
    return started;
  }

  return {
    consume(key, { limit, windowSeconds }) {
      const now = clock.now().getTime();
      const window = currentWindow(key, windowSeconds * 1000, now);
      const isExceeded = window.used >= limit;
      if (!isExceeded) window.used += 1;
      const resetSeconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
      return { isExceeded, remaining: limit - window.used, resetSeconds };
    },
  };
}

function forgetOldest(windows: Map<string, Window>): void {
  const [oldest] = windows.keys();
  if (oldest !== undefined) windows.delete(oldest);
}
