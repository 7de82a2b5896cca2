/** Removes the bytes of files that are gone, and bytes that never became a file. */
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import type { Schedule } from '#platform/jobs/worker.ts';
import type { Logger } from '#platform/log.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { forgetRemovals, knownFiles, removalsAfter } from './queries.ts';

const longJob = { retries: 5, timeoutSeconds: 600, concurrency: 1 } as const;

/** The bytes of deleted files. Asked for by each deletion; by the clock for what goes with its owner. */
export const removeFiles = defineJob<Record<string, never>>('files.remove', longJob);

/** Bytes without a row: what a crash in the middle of an upload has left. */
export const sweepOrphans = defineJob<Record<string, never>>('files.sweep_orphans', longJob);

export const fileSchedules: readonly Schedule[] = [
  { job: removeFiles.name, cron: '*/5 * * * *' },
  { job: sweepOrphans.name, cron: '43 3 * * *' },
];

/** Twice as old as an upload can be that still goes on. */
const orphanAgeMs = 24 * 3_600_000;

const batch = 500;

interface Needs {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
}

export function fileJobs(needs: Needs): JobHandler[] {
  return [
    handleJob(removeFiles, (_data, { signal }) => removeNoted(needs, signal)),
    handleJob(sweepOrphans, (_data, { signal }) => removeOrphans(needs, signal)),
  ];
}

/** Goes on behind what cannot be removed, and fails for it at the end: it stays noted, and is tried again. */
async function removeNoted({ db, storage }: Needs, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = [];
  let ids = await removalsAfter(db, undefined, { most: batch });
  while (ids.length > 0) {
    signal.throwIfAborted();
    const removed: string[] = [];
    for (const id of ids) {
      await storage.remove(id).then(
        () => removed.push(id),
        (error: unknown) => failures.push(error),
      );
    }
    await forgetRemovals(db, removed);
    ids = await removalsAfter(db, ids.at(-1), { most: batch });
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} files cannot be removed.`);
}

async function removeOrphans({ db, clock, log, storage }: Needs, signal: AbortSignal): Promise<void> {
  const before = clock.now().getTime() - orphanAgeMs;
  let removed = 0;
  let old: string[] = [];
  const flush = async () => {
    const known = await knownFiles(db, old);
    const orphans = old.filter((id) => !known.has(id));
    for (const id of orphans) await storage.remove(id);
    removed += orphans.length;
    old = [];
  };
  for await (const { id, changedAt } of storage.list()) {
    signal.throwIfAborted();
    if (changedAt.getTime() < before) old.push(id);
    if (old.length === batch) await flush();
  }
  await flush();
  if (removed > 0) log.warn({ removed }, 'bytes that belonged to no file were removed');
}
