/** The program's log: one JSON object a line on standard output, without secrets and personal data. */
import { createRequire } from 'node:module';
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import { serializeError } from './log-error.ts';
import { withoutPrivateValues } from './log-redaction.ts';

export type { Logger } from 'pino';

export type LogOptions = {
  level: string;
  /** Coloured text for people instead of JSON; needs the development dependency pino-pretty. */
  pretty?: boolean;
  /** Gather lines instead of writing each at once: for a server under load, not for people who watch. */
  buffered?: boolean;
  /** Where lines go instead of standard output. */
  destination?: DestinationStream;
};

/** A logger at `level`; hand it down, and make children with `log.child({ name })`. */
export function createLogger({ level, pretty = false, buffered = false, destination }: LogOptions): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: createIsoTime(),
      formatters: {
        level: (label) => ({ level: label }),
        log: withoutPrivateValues,
      },
      serializers: { err: serializeError },
      hooks: { logMethod: nameLoneError },
    },
    destination ?? (pretty ? prettyStream() : jsonStream({ buffered })),
  );
  cleanBindings(log);
  return log;
}

/** `log.error(error)` alone would make the error's message, as it is, the text of the line. */
function nameLoneError(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, ...rest]: readonly unknown[] = args;
  if (Error.isError(first) && rest.length === 0) method.call(this, { err: first }, 'error');
  else method.apply(this, args);
}

/** pino's formatters do not see the bindings of children. */
function cleanBindings(log: Logger): void {
  const { child } = log;
  Object.defineProperty(log, 'child', {
    value(this: Logger, bindings: Record<string, unknown>, options?: object) {
      return child.call(this, withoutPrivateValues(bindings), options);
    },
  });
}

/**
 * Unbuffered: in one order with everything else that is printed. Buffered: written in the background, in the order of the calls: a reader that stalls must not stop the server. 16 MB
 * may wait for it, then lines are dropped. Lines go out by 16 KB or five times a second, since a system call for
 * each costs more than making it; what waits is written when the process ends in an orderly way.
 */
function jsonStream({ buffered }: { buffered: boolean }): DestinationStream {
  if (!buffered) return pino.destination({ dest: 1, sync: true });
  const maxLength = 16 * 1024 * 1024;
  return pino.destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 200, maxLength });
}

// Loaded on demand: pino-pretty is not installed in production.
function prettyStream(): DestinationStream {
  const pretty: unknown = createRequire(import.meta.url)('pino-pretty');
  if (!isStreamFactory(pretty)) throw new TypeError('pino-pretty does not export a function');
  return pretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l' });
}

function isStreamFactory(value: unknown): value is (options: object) => DestinationStream {
  return typeof value === 'function';
}

/** ISO 8601 as pino's own, 2 microseconds a line cheaper: the part down to the second is kept for its second. */
function createIsoTime(): () => string {
  let second = NaN;
  let text = '';
  return () => {
    const now = Date.now();
    const ms = now % 1000;
    if (now - ms !== second) {
      second = now - ms;
      text = new Date(second).toISOString().slice(0, -4);
    }
    return `,"time":"${text}${String(ms).padStart(3, '0')}Z"`;
  };
}
