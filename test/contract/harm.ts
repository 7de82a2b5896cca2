/** What hostile input could do to a whole process besides its own reply, and how to see it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const resolutionMs = 5;

export interface LoopWatch {
  /** Does something, and remembers for how long nothing else could run meanwhile. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** The longest of those times. */
  blockedMs(): number;
}

/**
 * Watches the event loop, which server and test share. What the machine gave to others meanwhile does not count:
 * nothing can block for longer than it computes.
 */
export function watchLoop(): LoopWatch {
  let longestMs = 0;
  return {
    async during(work) {
      const delay = monitorEventLoopDelay({ resolution: resolutionMs });
      delay.enable();
      const before = process.threadCpuUsage();
      const result = await work();
      const { user, system } = process.threadCpuUsage(before);
      delay.disable();
      longestMs = Math.max(longestMs, Math.min(delay.max / 1e6 - resolutionMs, (user + system) / 1000));
      return result;
    },
    blockedMs: () => Math.round(longestMs),
  };
}

/** Five times what is promised, since machines that run tests are busy with others. */
export const longestBlockMs = 250;

const shared = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise].map(
  ({ prototype }) => prototype,
);

/** The properties that everything of this process inherits; one more would be pollution. */
export function inheritedNames(): string[] {
  return shared.flatMap((prototype: object) => Reflect.ownKeys(prototype).map(String));
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes of the heap and of buffers that are still in use, once what is closing has closed: a leak stays. */
export async function usedBytes(): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < 5; look += 1) {
    await sleep(100);
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}
