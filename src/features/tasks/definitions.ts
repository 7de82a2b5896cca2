/** The jobs behind the tasks. */
import { defineJob } from '#platform/jobs/definition.ts';

const longJob = { retries: 3, timeoutSeconds: 600, concurrency: 2 } as const;

export const exportItems = defineJob<{ task_id: string }>('tasks.export_items', longJob);

export const importItems = defineJob<{ task_id: string; file_id: string }>('tasks.import_items', longJob);
