/** Thrown when as many callers wait as may wait: nothing was run. */
export class SemaphoreFull extends Error {
  override readonly name = 'SemaphoreFull';
}

export type Semaphore = {
  /** Runs `work` when a place is free, in the order of the calls; throws `SemaphoreFull` at once if the queue is. */
  run<T>(work: () => T | Promise<T>): Promise<T>;
};

/** At most `running` at once, at most `waiting` in the queue: for work that would otherwise fill the machine. */
export function createSemaphore({ running, waiting }: { running: number; waiting: number }): Semaphore {
  const queue: (() => void)[] = [];
  let free = running;

  async function enter(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.length >= waiting) throw new SemaphoreFull(`${running} running and ${waiting} waiting`);
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  // A place goes straight to the first in the queue: a newcomer cannot slip in between.
  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
