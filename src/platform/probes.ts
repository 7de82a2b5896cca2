/** What an orchestrator and a monitor ask: alive, ready, and the numbers. */
import { Router } from 'express';
import type { Metrics } from './metrics.ts';

export interface ProbeOptions {
  /** False while starting and from the first moment of closing. */
  isReady(): boolean;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  readonly metrics: Metrics;
}

/** `/livez` (the process runs), `/readyz` (and can serve: it asks the database), `/metrics` (Prometheus). */
export function probes({ isReady, ping, metrics }: ProbeOptions): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/livez', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const database = await ping().then(
      () => 'ok',
      (error: unknown) => {
        if (Error.isError(error)) res.err = error;
        return 'unavailable';
      },
    );
    const status = !isReady() ? 'not_ready' : database;
    res.set('Cache-Control', 'no-store');
    if (status !== 'ok') res.status(503).set('Retry-After', '1');
    res.json({ status, checks: { database } });
  });
  router.get('/metrics', async (_req, res) => {
    res
      .set('Cache-Control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
  return router;
}
