// A worker that does tasks, as a process of its own, to be killed: see ../faults/import.ts.
import { systemClock } from '#platform/clock.ts';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobMetrics } from '#platform/jobs/job-metrics.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import { Registry } from '#platform/prometheus.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { taskJobs } from '#features/tasks/jobs.ts';
import { recordingLog } from './log.ts';

const url = process.env['DATABASE_URL'] ?? '';
const storage = createLocalStorage(process.env['UPLOAD_DIR'] ?? '');
const pool = createPool({ url, size: 8, applicationName: 'accord-faults' });
const db = createDatabase(pool);
const { log } = recordingLog();
const bus = createPostgresBus({ url, log });

const worker = await startWorker({
  url,
  db,
  clock: systemClock,
  log,
  metrics: createJobMetrics(new Registry()),
  handlers: taskJobs({ db, clock: systemClock, bus, storage, quotaBytes: 1_000_000_000 }),
  schedules: [],
  stopTimeoutMs: 5_000,
});
process.send?.('working');
process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  await worker.stop();
  await bus.close();
  await pool.end();
  process.disconnect();
}
