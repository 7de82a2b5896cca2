/** How long what has ended is kept. */
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import { forgetRows } from '#platform/database/forget-rows.ts';
import type { OldRows } from '#platform/database/forget-rows.ts';
import { defineJob } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import type { Schedule } from '#platform/jobs/worker.ts';

type Rule = Omit<OldRows, 'before'> & { readonly days: number };

const rules: readonly Rule[] = [
  { table: 'idempotency_keys', column: 'expires_at', days: 0 },
  { table: 'refresh_tokens', column: 'expires_at', days: 0 },
  // Whoever asks about a sign-in still finds its session.
  { table: 'sessions', column: 'expires_at', days: 30 },
  { table: 'tasks', column: 'finished_at', days: 30 },
  // Longer than a failed job can be retried.
  { table: 'job_effects', column: 'at', days: 120 },
];

export const forgetEnded = defineJob('retention.forget_ended', {
  retries: 2,
  timeoutSeconds: 600,
  concurrency: 1,
});

/** Each hour, at a minute at which few others do the same. */
export const retentionSchedules: readonly Schedule[] = [{ job: forgetEnded.name, cron: '17 * * * *' }];

const dayMs = 86_400_000;

export function retentionJobs({ db, clock }: { db: Db; clock: Clock }): JobHandler[] {
  return [
    handleJob(forgetEnded, async (_data, { signal }) => {
      for (const { days, ...rows } of rules) {
        const before = new Date(clock.now().getTime() - days * dayMs);
        await forgetRows(db, { ...rows, before }, { signal });
      }
    }),
  ];
}
