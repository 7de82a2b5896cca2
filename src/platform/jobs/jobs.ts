/** Work that outlives the request: kept by pg-boss in the same database, and so in the same transaction. */
import { CompiledQuery } from 'kysely';
import type { PgBoss, Db as BossDb } from 'pg-boss';
import type { Trx } from '../database/database.ts';
import type { Logger } from '../log.ts';
import type { JobDefinition } from './definition.ts';
import { failedJobs, syncQueues } from './queues.ts';
import { jobsSchema } from './schema.ts';

export interface Jobs {
  /** Kept when the transaction commits, gone when it rolls back. */
  enqueue<Data extends object>(trx: Trx, job: JobDefinition<Data>, data: Data): Promise<void>;
  /** Back into its queue, with all its tries. False when there is no such failed job (any more). */
  retryFailed(trx: Trx, id: string): Promise<boolean>;
  /** Loads pg-boss, unless a job has done so already. Never rejects: the first job will tell. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  /** For a connection of its own: a job is often enqueued by one who already holds one of the pool. */
  readonly url: string;
  readonly log: Logger;
  readonly definitions: readonly JobDefinition<never>[];
}

/** Sends and looks; the work is done by a worker. pg-boss is loaded by the first job: a start is not to wait for it. */
export function createJobs(options: Options): Jobs {
  let starting: Promise<PgBoss> | undefined;
  const boss = () => {
    starting ??= startSender(options).catch((error: unknown) => {
      starting = undefined; // The next one tries again.
      throw error;
    });
    return starting;
  };
  return {
    async enqueue(trx, { name }, data) {
      await (await boss()).send(name, data, { db: bossDb(trx) });
    },
    async retryFailed(trx, id) {
      return (await (await boss()).redrive(failedJobs, { ids: [id], db: bossDb(trx) })) === 1;
    },
    async warmUp() {
      await boss().catch(() => undefined);
    },
    async close() {
      await (await starting?.catch(() => undefined))?.stop({ graceful: false });
    },
  };
}

async function startSender({ url, log, definitions }: Options): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString: url,
    max: 1,
    application_name: 'accord-jobs',
    schema: jobsSchema,
    migrate: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  boss.on('error', (err) => log.warn({ err }, 'the job queue could not be read'));
  await boss.start();
  await syncQueues(boss, definitions);
  return boss;
}

/** pg-boss in a transaction of ours. */
function bossDb(db: Trx): BossDb {
  return {
    executeSql: async (text, values) => {
      const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values));
      return { rows };
    },
  };
}
