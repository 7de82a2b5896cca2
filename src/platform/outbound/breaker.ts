/** Leaves a server alone that has failed too often in a row, and tries it with one call after a while. */
import type { Clock } from '../clock.ts';

/** What a failed call says of the other side: `neutral` says nothing, as when the caller gave up. */
export type Verdict = 'unwell' | 'well' | 'neutral';

/** Thrown instead of a call. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`left alone for ${retryAfterMs} ms more`);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Breaker {
  /** Runs `call`, or throws `BreakerOpen` without doing so. */
  run<T>(call: () => Promise<T>): Promise<T>;
  isOpen(): boolean;
}

export interface BreakerOptions {
  readonly clock: Clock;
  /** So many failures in a row open it. */
  readonly mostFailures?: number;
  readonly openMs?: number;
  judge(error: unknown): Verdict;
}

export function createBreaker({ clock, mostFailures = 5, openMs = 10_000, judge }: BreakerOptions): Breaker {
  let failuresInARow = 0;
  let openUntil = 0;
  let isTrying = false;

  const now = () => clock.now().getTime();
  const isOpen = () => failuresInARow >= mostFailures;

  /** True for the one call that finds out whether the other side is well again. */
  function enter(): boolean {
    if (!isOpen()) return false;
    const leftMs = openUntil - now();
    if (leftMs > 0) throw new BreakerOpen(leftMs);
    if (isTrying) throw new BreakerOpen(1_000);
    isTrying = true;
    return true;
  }

  function note(verdict: Verdict, isTrial: boolean): void {
    // What was under way when it opened decides nothing any more.
    if (verdict === 'neutral' || (isOpen() && !isTrial)) return;
    failuresInARow = verdict === 'well' ? 0 : failuresInARow + 1;
    if (isOpen()) openUntil = now() + openMs;
  }

  return {
    isOpen,
    async run(call) {
      const isTrial = enter();
      try {
        const result = await call();
        note('well', isTrial);
        return result;
      } catch (error) {
        note(judge(error), isTrial);
        throw error;
      } finally {
        if (isTrial) isTrying = false;
      }
    },
  };
}
