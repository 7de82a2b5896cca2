/** What handlers of tests stream from. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so; a test that waits in vain fails by its own time limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

/** Gives parts for ever, and tells how far it got and whether it was ended. */
export function endless(part: string, pauseMs = 0) {
  const seen = { parts: 0, isEnded: false };
  async function* parts() {
    try {
      for (;;) {
        if (pauseMs > 0) await sleep(pauseMs);
        seen.parts += 1;
        yield part;
      }
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, source: parts() };
}

/** Never gives anything; ends at once when it is asked to, as subscriptions do. */
export function silent() {
  const seen = { isRead: false, isEnded: false };
  const source: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => source,
    next: () => {
      seen.isRead = true;
      return new Promise(() => undefined);
    },
    return: async () => {
      seen.isEnded = true;
      return { done: true, value: undefined };
    },
  };
  return { seen, source };
}

/** Gives these parts, and ends. */
export async function* lines(...parts: string[]) {
  yield* parts;
}
