import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what others will do; the limit is for the slowest machine. */
export async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error('It did not happen within 30 seconds.');
    await sleep(20);
  }
}
