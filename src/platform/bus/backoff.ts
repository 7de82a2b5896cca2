/** How long to wait before the next try: doubling from `firstMs` to `longestMs`, and never the same for two processes. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** `failures` counts from 1. Half of the time at least, so that a server that comes back is not stormed by all at once. */
export function waitAfter(failures: number, { firstMs, longestMs }: Backoff): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (0.5 + Math.random() / 2);
}
