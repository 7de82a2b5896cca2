/** What came of a call instead of data; `unavailable`: the other side was not even asked, or could not be reached. */
export type Outcome = 'failed' | 'timed_out' | 'unavailable';

export interface OutboundErrorOptions {
  readonly outcome: Outcome;
  /** Whether another attempt might end better. */
  readonly isTransient?: boolean;
  /** How long the other side, or the breaker, wants to be left alone. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call that gave no data. Its message is for the log and holds nothing that the other side sent. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly outcome: Outcome;
  readonly isTransient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { outcome, isTransient = false, retryAfterMs, cause }: OutboundErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.isTransient = isTransient;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The other side answered, and not with what was asked for. */
export function failed(message: string): OutboundError {
  return new OutboundError(message, { outcome: 'failed' });
}
