/** A server to call again and again: not too often at once, not while it is unwell, and never for too long. */
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { BreakerOpen, createBreaker } from './breaker.ts';
import type { Breaker, Verdict } from './breaker.ts';
import type { Destination, HttpPool } from './http-pool.ts';
import { OutboundError } from './outbound-error.ts';
import type { OutboundMetrics } from './outbound-metrics.ts';
import { withRetries } from './retries.ts';

export interface Target {
  /** What the target answers; throws an OutboundError, or the reason of the signal once that is aborted. */
  getJson(options: CallOptions): Promise<unknown>;
}

export interface CallOptions {
  /** Of the caller: aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Less than calls may take otherwise. */
  readonly timeoutMs?: number;
}

export interface TargetOptions {
  /** Stands in the log and the metrics: no secret. */
  readonly name: string;
  readonly destination: Destination;
  readonly timeoutMs: number;
  readonly mostAtOnce: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: OutboundMetrics;
  pool(): Promise<HttpPool>;
}

export function createTarget(options: TargetOptions): Target {
  const { name, clock, log, metrics } = options;
  const breaker = createBreaker({ clock, judge: verdictOn });
  const call = bounded(options, breaker);
  metrics.watch(name, breaker);
  return {
    async getJson({ signal, timeoutMs = options.timeoutMs }) {
      const finished = metrics.started(name);
      try {
        const data = await call(signal, timeoutMs);
        finished('received');
        return data;
      } catch (err) {
        finished(err instanceof OutboundError ? err.outcome : 'abandoned');
        if (err instanceof OutboundError && !isRefusal(err)) log.warn({ target: name, err }, 'a call failed');
        throw err;
      }
    },
  };
}

type Call = (signal: AbortSignal, timeoutMs: number) => Promise<unknown>;

/** Refuses at once what would be too much: a slow target fills no memory. */
function bounded(options: TargetOptions, breaker: Breaker): Call {
  let running = 0;
  return async (signal, timeoutMs) => {
    if (running >= options.mostAtOnce) throw refused('it is being called often enough', 1_000);
    running += 1;
    try {
      return await breaker.run(() => callInTime(options, signal, timeoutMs));
    } catch (error) {
      throw error instanceof BreakerOpen ? refused('it has failed too often', error.retryAfterMs) : error;
    } finally {
      running -= 1;
    }
  };
}

/** All attempts together end by the deadline. */
async function callInTime(
  { pool, destination }: TargetOptions,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<unknown> {
  const endsAt = performance.now() + timeoutMs;
  const deadline = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    const { getJson } = await pool();
    return await withRetries(() => getJson(destination, either), {
      signal: either,
      remainingMs: () => endsAt - performance.now(),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw deadline.aborted ? timedOut(timeoutMs) : error;
  }
}

/** Whoever answers is well, whatever the answer; a caller who left proves nothing. */
function verdictOn(error: unknown): Verdict {
  if (!(error instanceof OutboundError)) return 'neutral';
  return error.isTransient ? 'unwell' : 'well';
}

function timedOut(timeoutMs: number): OutboundError {
  return new OutboundError(`no answer within ${timeoutMs} ms`, { outcome: 'timed_out', isTransient: true });
}

/** The other side was not even asked; `metrics` count it, and the log has its reasons already. */
function refused(message: string, retryAfterMs: number): OutboundError {
  return new OutboundError(message, { outcome: 'unavailable', retryAfterMs });
}

function isRefusal({ outcome, isTransient }: OutboundError): boolean {
  return outcome === 'unavailable' && !isTransient;
}
