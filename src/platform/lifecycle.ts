/** Ordered start, and the way down in reverse: the only place that reacts to signals and ends the process. */
import type { Logger } from './log.ts';

/** The part of `process` that a lifecycle uses; tests hand in their own. */
export type ProcessHost = {
  on(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
};

export type Lifecycle = {
  /** Call it right after the part has started; parts close in reverse order. */
  add(name: string, close: () => unknown, options?: { limitMs?: number }): void;
  /** What `/readyz` asks: false before `markReady` and from the first moment of closing. */
  isReady(): boolean;
  markReady(): void;
  /** Closes everything, once; true when every part closed in its time. */
  close(): Promise<boolean>;
  /** Ends the process after SIGTERM, SIGINT or an error that nobody caught. */
  exitOnSignals(): void;
};

type Part = { name: string; close: () => unknown; limitMs: number };

const defaultLimitMs = 10_000;

export function createLifecycle(log: Logger, host: ProcessHost = process): Lifecycle {
  const parts: Part[] = [];
  let ready = false;
  let failed = false;
  let closing: Promise<boolean> | undefined;

  function close(): Promise<boolean> {
    ready = false;
    closing ??= closeAll(parts, log);
    return closing;
  }

  async function closeAndExit(): Promise<void> {
    const clean = await close();
    host.exit(clean && !failed ? 0 : 1);
  }

  function onSignal(signal: string): void {
    if (closing) {
      log.warn({ signal }, 'second signal: ending at once');
      host.exit(1);
      return;
    }
    log.info({ signal }, 'closing');
    void closeAndExit();
  }

  function onFatal(err: unknown): void {
    log.fatal({ err }, 'an error that nobody caught: closing');
    failed = true;
    if (!closing) void closeAndExit();
  }

  return {
    add: (name, closePart, { limitMs = defaultLimitMs } = {}) => {
      parts.push({ name, close: closePart, limitMs });
    },
    isReady: () => ready,
    markReady: () => {
      ready = closing === undefined;
    },
    close,
    exitOnSignals() {
      for (const signal of ['SIGTERM', 'SIGINT']) host.on(signal, () => onSignal(signal));
      host.on('uncaughtException', onFatal);
      host.on('unhandledRejection', onFatal);
    },
  };
}

/** Last started, first closed: a part may use what was started before it until its own end. */
async function closeAll(parts: readonly Part[], log: Logger): Promise<boolean> {
  let clean = true;
  for (const part of parts.toReversed()) {
    clean = (await closePart(part, log)) && clean;
  }
  return clean;
}

async function closePart({ name, close, limitMs }: Part, log: Logger): Promise<boolean> {
  try {
    await withinLimit(close, limitMs);
    log.info({ part: name }, 'closed');
    return true;
  } catch (err) {
    log.error({ part: name, err }, 'could not be closed');
    return false;
  }
}

async function withinLimit(work: () => unknown, limitMs: number): Promise<void> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`still not closed after ${limitMs} ms`)), limitMs);
  try {
    await Promise.race([Promise.resolve().then(work), expired]);
  } finally {
    clearTimeout(timer);
  }
}
