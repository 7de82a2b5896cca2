/** What a feature gives the worker: a definition, and what to do. */
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import type { Trx } from '../database/database.ts';
import type { JobDefinition } from './definition.ts';

export interface JobContext {
  /** The same for every try of a job, also when a person has retried it. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the worker stops or the time is over. */
  readonly signal: AbortSignal;
  /**
   * Runs `effect` in a transaction that commits once for this job, however often the job runs. Not run at all when it
   * has already happened.
   */
  once(effect: (trx: Trx) => Promise<void>): Promise<void>;
}

export interface JobHandler {
  readonly definition: JobDefinition<never>;
  /** Takes jobs of its queue until the worker stops. */
  start(boss: PgBoss, run: RunJob): Promise<void>;
}

/** How the worker carries out one job: `handle` is called with the context that it makes. */
export type RunJob = (job: ReceivedJob, handle: (context: JobContext) => Promise<void>) => Promise<void>;

export interface ReceivedJob {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly effectKey: string;
  readonly signal: AbortSignal;
}

/** Binds what is to be done to its definition. Throwing means: try again later. */
export function handleJob<Data extends object>(
  definition: JobDefinition<Data>,
  handle: (data: Data, context: JobContext) => Promise<void>,
): JobHandler {
  const { name, concurrency, effectKey } = definition;
  return {
    definition,
    async start(boss, run) {
      const take = (job: JobWithMetadata<Data>) =>
        run(received(job, effectKey), (context) => handle(job.data, context));
      for (let lane = 0; lane < concurrency; lane++) await startLane(boss, name, take);
    },
  };
}

/** New jobs are told of at once; looking is for those whose time to be tried again has come. */
const options = { includeMetadata: true, batchSize: 1, notifyPollingIntervalSeconds: 2 } as const;

/** One job after the other, without a pause while there are any. */
async function startLane<Data extends object>(
  boss: PgBoss,
  name: string,
  take: (job: JobWithMetadata<Data>) => Promise<void>,
): Promise<void> {
  let lane = '';
  lane = await boss.work<Data, void, typeof options>(name, options, async ([job]) => {
    if (!job) return;
    try {
      await take(job);
    } finally {
      // pg-boss would pause after each job, whether there are more or not.
      boss.notifyWorker(lane);
    }
  });
}

function received<Data extends object>(
  job: JobWithMetadata<Data>,
  effectKey: ((data: Data) => string) | undefined,
): ReceivedJob {
  const id = job.sourceRootId ?? job.id;
  const { name, signal, retryCount } = job;
  return { id, name, signal, attempt: retryCount + 1, effectKey: `${name} ${effectKey?.(job.data) ?? id}` };
}
