/** Does the jobs. Any number of workers may run, in processes of their own or beside the API. */
import type { PgBoss } from 'pg-boss';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/database.ts';
import type { Logger } from '../log.ts';
import { runOnce } from './effects.ts';
import type { JobHandler, ReceivedJob, RunJob } from './handler.ts';
import type { JobMetrics } from './job-metrics.ts';
import { syncQueues } from './queues.ts';
import { jobsSchema } from './schema.ts';

export interface Worker {
  /** Takes no new jobs, and waits for those that run; what is not done in time goes back into its queue. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly url: string;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: JobMetrics;
  readonly handlers: readonly JobHandler[];
  readonly schedules: readonly Schedule[];
  readonly stopTimeoutMs: number;
}

/** A job without data that starts by the clock (UTC), once for all workers together. */
export interface Schedule {
  readonly job: string;
  readonly cron: string;
}

export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { handlers, stopTimeoutMs } = options;
  const boss = await openBoss(options);
  const stop = () => boss.stop({ graceful: true, timeout: stopTimeoutMs });
  try {
    await boss.start();
    await syncQueues(boss, handlers.map(({ definition }) => definition)); // prettier-ignore
    await syncSchedules(boss, options.schedules);
    const run = runnerOf(options);
    for (const handler of handlers) await handler.start(boss, run);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function openBoss({ url, log }: WorkerOptions): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString: url,
    schema: jobsSchema,
    application_name: 'accord-jobs',
    options: '-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=5000',
    max: 4,
    useListenNotify: true,
    // How soon the jobs of a dead worker are noticed.
    monitorIntervalSeconds: 5,
    superviseIntervalSeconds: 5,
  });
  boss.on('error', (err) => log.warn({ err }, 'the job queue cannot be read now'));
  boss.on('warning', ({ message, data }) => log.warn({ data }, message));
  return boss;
}

/** Also forgets those that this version no longer has. */
async function syncSchedules(boss: PgBoss, schedules: readonly Schedule[]): Promise<void> {
  const wanted = new Map(schedules.map(({ job, cron }) => [job, cron]));
  for (const { name, key } of await boss.getSchedules()) {
    if (!wanted.has(name)) await boss.unschedule(name, key);
  }
  for (const [name, cron] of wanted) await boss.schedule(name, cron);
}

/** Tells log and metrics how each job went, and lets pg-boss try it again where it failed. */
function runnerOf({ db, clock, log, metrics }: WorkerOptions): RunJob {
  return async (job, handle) => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const { id, attempt, signal, effectKey: key } = job;
      await handle({ id, attempt, signal, once: (effect) => runOnce(db, { key, now: clock.now() }, effect) });
    } catch (err) {
      metrics.jobEnded({ name: job.name, outcome: 'failed', seconds: seconds() });
      log.warn({ ...lineOf(job), err }, 'a job failed');
      throw err;
    }
    metrics.jobEnded({ name: job.name, outcome: 'done', seconds: seconds() });
    log.info({ ...lineOf(job), seconds: seconds() }, 'a job is done');
  };
}

function lineOf({ id, name, attempt }: ReceivedJob): { job: string; job_id: string; attempt: number } {
  return { job: name, job_id: id, attempt };
}
