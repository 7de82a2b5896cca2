// A worker that does tasks, as a process of its own, to be killed: see ../faults/import.ts.
import { systemClock } from '#platform/clock.ts';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { taskJobs } from '#features/tasks/jobs.ts';
import { recordingLog } from './log.ts';
import { beWorker } from './worker-program.ts';

const url = process.env['DATABASE_URL'] ?? '';
const storage = createLocalStorage(process.env['UPLOAD_DIR'] ?? '');
const pool = createPool({ url, size: 8, applicationName: 'accord-faults' });
const db = createDatabase(pool);
const { log } = recordingLog();
const bus = createPostgresBus({ url, log });

await beWorker({
  url,
  db,
  log,
  handlers: taskJobs({ db, clock: systemClock, bus, storage, quotaBytes: 1_000_000_000 }),
  close: async () => {
    await bus.close();
    await pool.end();
  },
});
