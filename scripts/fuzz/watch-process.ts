import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process cost since it was last asked to begin anew. */
export interface Vitals {
  /** The longest that the event loop was late: by our own work, or because others had the processor. */
  readonly delayMs: number;
  /** The most processor time of the main thread between two turns of the event loop: our own work alone. */
  readonly busyMs: number;
  /** The most resident memory. */
  readonly rssBytes: number;
}

const intervalMs = 5;

/** Watches the process that it runs in. */
export function watchProcess(): { read(): Vitals; reset(): void } {
  const delay = monitorEventLoopDelay({ resolution: intervalMs });
  delay.enable();
  let peak = { busyMs: 0, rssBytes: 0 };
  let before = threadMs();
  const look = () => {
    const now = threadMs();
    const { rss } = process.memoryUsage();
    peak = { busyMs: Math.max(peak.busyMs, now - before), rssBytes: Math.max(peak.rssBytes, rss) };
    before = now;
  };
  setInterval(look, intervalMs).unref();
  return {
    read: () => ({ ...peak, delayMs: Math.max(0, delay.max / 1e6 - intervalMs) }),
    reset() {
      globalThis.gc?.();
      delay.reset();
      peak = { busyMs: 0, rssBytes: process.memoryUsage().rss };
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
