/** How much a client may do: `capacity` at once, and `perSecond` in the long run. */
export interface Budget {
  /** False when nothing is left. */
  take(): boolean;
}

export function createBudget({ capacity, perSecond }: { capacity: number; perSecond: number }): Budget {
  let left = capacity;
  let at = performance.now();
  return {
    take() {
      const now = performance.now();
      left = Math.min(capacity, left + ((now - at) / 1000) * perSecond);
      at = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
