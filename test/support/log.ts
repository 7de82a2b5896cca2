import { createLogger } from '#platform/log.ts';
import type { Logger } from '#platform/log.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** A logger that keeps what it writes. */
export function recordingLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = {
    write(text: string) {
      lines.push(JSON.parse(text));
    },
  };
  return { log: createLogger({ level: 'debug', destination }), lines };
}
