import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { listFailedJobs } from '#platform/jobs/failed-jobs.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import { runOnce } from '#platform/jobs/effects.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobContext } from '#platform/jobs/handler.ts';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { startTestWorker } from '../support/work.ts';

const app = useApp();

const greet = defineJob<{ name: string }>('test.greet', { retries: 0 });
const insist = defineJob<{ name: string }>('test.insist', { retries: 2, retryDelaySeconds: 1 });

const opened: Jobs[] = [];

afterEach(async () => {
  for (const jobs of opened.splice(0)) await jobs.close();
});

function openJobs(): Jobs {
  const { log } = app.platform;
  const jobs = createJobs({ url: app.databaseUrl, log, definitions: [greet, insist] });
  opened.push(jobs);
  return jobs;
}

function enqueue(job: typeof greet, name: string) {
  const { db } = app.platform;
  return db.transaction().execute((trx) => openJobs().enqueue(trx, job, { name }));
}

/** A handler that keeps what it was called with, after doing `work`. */
function recorder(job: typeof greet, work: (context: JobContext) => Promise<void> | void = () => {}) {
  const calls: { name: string; id: string; attempt: number }[] = [];
  const handler = handleJob(job, async ({ name }, context) => {
    calls.push({ name, id: context.id, attempt: context.attempt });
    await work(context);
  });
  return { calls, handler };
}

describe('enqueueing', () => {
  test('hands a job with its data to a worker', async () => {
    const { calls, handler } = recorder(greet);
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(greet, 'Ada');
    await eventually(() => calls[0]);
    expect(calls).toEqual([{ name: 'Ada', id: expect.any(String), attempt: 1 }]);
  });

  test('keeps nothing of a transaction that rolls back', async () => {
    const { calls, handler } = recorder(greet);
    const jobs = openJobs();
    const rolledBack = app.platform.db.transaction().execute(async (trx) => {
      await jobs.enqueue(trx, greet, { name: 'nobody' });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    await enqueue(greet, 'Bob');
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await eventually(() => calls[0]);
    expect(calls.map(({ name }) => name)).toEqual(['Bob']);
  });

  test('does not wait for a connection of the pool that its transaction keeps from others', async () => {
    const { db, pool } = app.platform;
    const jobs = openJobs();
    const size = pool.options.max;
    const all = Array.from({ length: size }, () =>
      db.transaction().execute((trx) => jobs.enqueue(trx, greet, { name: 'crowd' })),
    );
    await Promise.all(all);
    const { calls, handler } = recorder(greet);
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await eventually(() => (calls.length === size ? true : undefined));
  });
});

describe('a job that fails', () => {
  test('is tried again, and is the same job each time', async () => {
    const { calls, handler } = recorder(insist, ({ attempt }) => {
      if (attempt < 3) throw new Error('not yet');
    });
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(insist, 'Ada');
    await eventually(() => calls[2]);
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1);
    expect(await listFailedJobs(app.platform.db, { after: undefined, most: 10 })).toEqual([]);
  });

  test('for good is listed with its reason, and can be retried once', async () => {
    let isMended = false;
    const { calls, handler } = recorder(greet, () => {
      if (!isMended) throw new Error('out of order');
    });
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(greet, 'Grace');
    const jobs = openJobs();
    const failed = await eventually(
      async () => (await listFailedJobs(app.platform.db, { after: undefined, most: 10 }))[0],
    );
    expect(failed).toMatchObject({ name: 'test.greet', attempts: 1, error: 'out of order' });

    isMended = true;
    const retry = () => app.platform.db.transaction().execute((trx) => jobs.retryFailed(trx, failed.id));
    expect(await Promise.all([retry(), retry()])).toEqual(expect.arrayContaining([true, false]));
    await eventually(() => calls[1]);
    expect(calls[1]?.id).toBe(calls[0]?.id);
    expect(await listFailedJobs(app.platform.db, { after: undefined, most: 10 })).toEqual([]);
  });

  test('tells log and metrics of each try', async () => {
    const { handler } = recorder(greet, () => {
      throw new Error('out of order');
    });
    await using worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(greet, 'Ines');
    const counted = /job_duration_seconds_count\{job="test\.greet",outcome="failed"\} 1/;
    await eventually(async () => counted.test(await worker.registry.metrics()) || undefined);
    const line = app.logged.findLast(({ msg }) => msg === 'a job failed');
    expect(line).toMatchObject({ level: 'warn', job: 'test.greet', attempt: 1 });
  });
});

describe('an effect', () => {
  test('happens once, however often the job runs', async () => {
    let effects = 0;
    const { calls, handler } = recorder(insist, async (context) => {
      await context.once(async () => {
        effects += 1;
      });
      if (context.attempt < 3) throw new Error('failed after its effect');
    });
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(insist, 'Ada');
    await eventually(() => calls[2]);
    expect(effects).toBe(1);
  });

  test('that fails is undone whole, and happens at the next try', async () => {
    const { calls, handler } = recorder(insist, async (context) => {
      await context.once(async (trx) => {
        await trx.insertInto('job_effects').values({ key: 'half', at: new Date() }).execute();
        if (context.attempt === 1) throw new Error('half done');
      });
    });
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(insist, 'Ada');
    await eventually(() => calls[1]);
    const { rows } = await eventually(async () => {
      const found = await app.platform.pool.query(`select key from job_effects where key = 'half'`);
      return found.rowCount === 1 ? found : undefined;
    });
    expect(rows).toEqual([{ key: 'half' }]);
  });

  test('of two runs at the same time happens once, and the second waits for it', async () => {
    const order: string[] = [];
    const run = (name: string) =>
      runOnce(app.platform.db, { key: 'test.twins', now: new Date() }, async () => {
        await sleep(100);
        order.push(name);
      }).then(() => order.push('over'));
    await Promise.all([run('effect'), run('effect')]);
    expect(order).toEqual(['effect', 'over', 'over']);
  });
});

describe('stopping', () => {
  test('waits for a running job, and leaves the next one to others', async () => {
    const ended: string[] = [];
    const { handler } = recorder(greet, async () => {
      await sleep(300);
      ended.push('done');
    });
    const worker = await startTestWorker(app, { handlers: [handler] });
    await enqueue(greet, 'slow');
    await eventually(() => app.platform.pool.query(`select 1 from pgboss.job where state = 'active'`).then(({ rowCount }) => rowCount || undefined)); // prettier-ignore
    await worker.stop();
    expect(ended).toEqual(['done']);
  });
});
