import { defineJob } from '#platform/jobs/definition.ts';

/** Writes that it began, has one effect, and sends one mail. */
export const count = defineJob<{ job: number }>('faults.count', {
  retries: 100,
  retryDelaySeconds: 1,
  concurrency: 4,
});
