/** Tries again what may end better, with growing pauses that differ from caller to caller, until the time is up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { OutboundError } from './outbound-error.ts';

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until it is pointless to begin another attempt. */
  remainingMs(): number;
  readonly mostAttempts?: number;
  /** The longest pause before the second attempt; each further one may be twice as long. */
  readonly firstPauseMs?: number;
}

/** The first success, or the last error. Rejects early when the signal ends a pause. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { signal, remainingMs, mostAttempts = 3, firstPauseMs = 200 }: RetryOptions,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OutboundError) || !error.isTransient || number >= mostAttempts) throw error;
      // All who failed together must not come back together.
      const backOffMs = Math.random() * firstPauseMs * 2 ** (number - 1);
      const pauseMs = Math.max(backOffMs, error.retryAfterMs ?? 0);
      if (pauseMs >= remainingMs()) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** The header Retry-After, in seconds or as a date; undefined where it is neither. */
export function retryAfterMs(header: unknown, now: Date): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  // Date.parse takes much more than dates of HTTP.
  const at = / GMT$/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
