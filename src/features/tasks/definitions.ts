/** The jobs behind the tasks. */
import { defineJob } from '#platform/jobs/definition.ts';
import type { Schedule } from '#platform/jobs/worker.ts';

const longJob = { retries: 3, timeoutSeconds: 600, concurrency: 2 } as const;

export const exportItems = defineJob<{ task_id: string }>('tasks.export_items', longJob);

export const importItems = defineJob<{ task_id: string; file_id: string }>('tasks.import_items', longJob);

/** Ends the tasks whose job is no more: its worker was killed at the last try, or none came for weeks. */
export const failLost = defineJob<Record<string, never>>('tasks.fail_lost', { retries: 2, concurrency: 1 });

export const taskSchedules: readonly Schedule[] = [{ job: failLost.name, cron: '27 * * * *' }];
