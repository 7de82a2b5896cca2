/** Work that no request waits for: never twice at once, and waited for at the end. */
export interface Background {
  /** Runs `work`; where it is running already, once more after that, for what is new. */
  run(work: () => Promise<void>): void;
  /** Resolves when nothing runs any more. */
  settled(): Promise<void>;
}

/** `onError` hears of what fails; nothing ever rejects. */
export function createBackground(onError: (error: unknown) => void): Background {
  const running = new Map<() => Promise<void>, Promise<void>>();
  const again = new Set<() => Promise<void>>();

  const runAll = async (work: () => Promise<void>) => {
    do {
      again.delete(work);
      await work().catch(onError);
    } while (again.has(work));
    running.delete(work);
  };

  return {
    run(work) {
      if (running.has(work)) again.add(work);
      else running.set(work, runAll(work));
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}
