/** The queues of pg-boss, as the definitions of the jobs want them. */
import type { PgBoss, Queue, QueueResult } from 'pg-boss';
import type { JobDefinition } from './definition.ts';

/** Where a job ends up that failed for good; nothing works it off but a person. */
export const failedJobs = 'failed';

const daySeconds = 86_400;

/** Creates what is missing and changes what is different: a deployment may have changed the numbers. */
export async function syncQueues(boss: PgBoss, definitions: readonly JobDefinition<never>[]): Promise<void> {
  const present = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  if (!present.has(failedJobs)) await boss.createQueue(failedJobs, { retentionSeconds: 90 * daySeconds });
  for (const definition of definitions) {
    const wanted = queueOf(definition);
    const existing = present.get(definition.name);
    if (!existing)
      await boss.createQueue(definition.name, { ...wanted, deadLetter: failedJobs, notify: true });
    else if (isDifferent(existing, wanted)) await boss.updateQueue(definition.name, wanted);
  }
}

type Numbers = Required<
  Pick<
    Queue,
    | 'retryLimit'
    | 'retryDelay'
    | 'retryBackoff'
    | 'retryDelayMax'
    | 'expireInSeconds'
    | 'heartbeatSeconds'
    | 'retentionSeconds'
    | 'deleteAfterSeconds'
  >
>;

function queueOf({ retries, retryDelaySeconds, timeoutSeconds }: JobDefinition<never>): Numbers {
  return {
    retryLimit: retries,
    retryDelay: retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: 3_600,
    expireInSeconds: timeoutSeconds,
    // A worker that died is noticed by this, long before a job of an hour runs out of time.
    heartbeatSeconds: 10,
    // Waiting as long as a weekend without workers lasts, and then some.
    retentionSeconds: 14 * daySeconds,
    deleteAfterSeconds: daySeconds,
  };
}

function isDifferent(existing: QueueResult, wanted: Numbers): boolean {
  const known: Partial<Record<string, unknown>> = { ...existing };
  return Object.entries(wanted).some(([name, value]) => known[name] !== value);
}
