import { systemClock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { createJobMetrics } from '#platform/jobs/job-metrics.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import type { Logger } from '#platform/log.ts';
import { Registry } from '#platform/prometheus.ts';

interface Work {
  readonly url: string;
  readonly db: Db;
  readonly log: Logger;
  readonly handlers: readonly JobHandler[];
  /** What the handlers stand on. */
  close(): Promise<void>;
}

/** Makes this process a worker that tells its parent when it works, and that ends by SIGTERM. */
export async function beWorker({ close, ...work }: Work): Promise<void> {
  const metrics = createJobMetrics(new Registry());
  const worker = await startWorker({
    ...work,
    clock: systemClock,
    metrics,
    schedules: [],
    stopTimeoutMs: 5_000,
  });
  process.send?.('working');
  process.once('SIGTERM', () => {
    void worker
      .stop()
      .then(close)
      .then(() => process.disconnect());
  });
}
