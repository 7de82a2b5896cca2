import type { Clock } from '#platform/clock.ts';

export interface TestClock extends Clock {
  /** Moves the time forward. */
  advance(seconds: number): void;
}

/** Starts at the real time and runs on, plus what it was advanced by. */
export function testClock(): TestClock {
  let advancedMs = 0;
  return {
    now: () => new Date(Date.now() + advancedMs),
    advance: (seconds) => {
      advancedMs += seconds * 1000;
    },
  };
}
