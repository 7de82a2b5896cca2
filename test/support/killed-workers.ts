/** Kills workers in the middle of their work, and counts what became of the jobs. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { createDatabase } from '#platform/database/database.ts';
import type { Db } from '#platform/database/database.ts';
import { migrateDatabase } from '#platform/migrate.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { count } from './counting-job.ts';
import { recordingLog } from './log.ts';
import { startMailServer } from './smtp.ts';
import type { MailServer } from './smtp.ts';

export interface Outcome {
  readonly kills: number;
  readonly jobs: number;
  /** How often jobs began, in all: more than there are jobs where workers died in their middle. */
  readonly begun: number;
  /** Jobs whose effect is there once; all of them, if the promise holds. */
  readonly onceDone: number;
  readonly effects: number;
  /** Mails that came, and how many different Message-IDs they have. */
  readonly mails: number;
  readonly messageIds: number;
  /** From the last kill to the last effect. */
  readonly recoverySeconds: number;
}

const program = fileURLToPath(new URL('counting-worker.ts', import.meta.url));

/** On an empty database of the caller's. */
export async function killWorkers({
  url,
  kills,
  jobs,
}: {
  url: string;
  kills: number;
  jobs: number;
}): Promise<Outcome> {
  await migrateDatabase({ url });
  const pool = createPool({ url, size: 3, applicationName: 'accord-faults' });
  const db = createDatabase(pool);
  const server = await startMailServer();
  try {
    await enqueueAll(db, { url, jobs });
    const environment = { DATABASE_URL: url, SMTP_PORT: String(server.port) };
    for (let killed = 0; killed < kills; killed++) await workAndDie(environment);
    const recoverySeconds = await finish(db, { environment, jobs });
    return { kills, jobs, recoverySeconds, ...(await counted(db)), ...seenBy(server) };
  } finally {
    await server.stop();
    await pool.end();
  }
}

async function enqueueAll(db: Db, { url, jobs }: { url: string; jobs: number }): Promise<void> {
  await sql`create table begun (job integer not null)`.execute(db);
  await sql`create table effects (job integer not null)`.execute(db);
  const queue = createJobs({ url, log: recordingLog().log, definitions: [count] });
  for (let job = 1; job <= jobs; job++) {
    await db.transaction().execute((trx) => queue.enqueue(trx, count, { job }));
  }
  await queue.close();
}

async function workAndDie(environment: Record<string, string>): Promise<void> {
  const worker = startProgram(environment);
  await once(worker, 'message');
  // Somewhere in the middle of its first jobs.
  await sleep(Math.random() * 300);
  worker.kill('SIGKILL');
  await once(worker, 'close');
}

/** Seconds until the last effect. */
async function finish(
  db: Db,
  { environment, jobs }: { environment: Record<string, string>; jobs: number },
): Promise<number> {
  const startedAt = performance.now();
  const limit = startedAt + 120_000;
  const worker = startProgram(environment);
  try {
    while ((await counted(db)).onceDone < jobs && performance.now() < limit) await sleep(100);
    return (performance.now() - startedAt) / 1000;
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'close');
  }
}

function startProgram(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function counted(db: Db): Promise<Pick<Outcome, 'begun' | 'onceDone' | 'effects'>> {
  const { rows } = await sql<Pick<Outcome, 'begun' | 'onceDone' | 'effects'>>`
    select (select count(*)::int from begun) as begun,
           (select count(*)::int from effects) as effects,
           (select count(*)::int from (select from effects group by job having count(*) = 1) o) as "onceDone"`.execute(
    db,
  );
  return rows[0] ?? { begun: 0, onceDone: 0, effects: 0 };
}

function seenBy({ mails }: MailServer): Pick<Outcome, 'mails' | 'messageIds'> {
  const ids = new Set(mails.map(({ raw }) => /^Message-ID: (.+)$/m.exec(raw)?.[1]));
  return { mails: mails.length, messageIds: ids.size };
}
