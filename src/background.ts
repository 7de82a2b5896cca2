/** The background work of all features: what `bind-contract.ts` is for requests. */
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { JobDefinition } from '#platform/jobs/definition.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import type { Schedule } from '#platform/jobs/worker.ts';
import type { Logger } from '#platform/log.ts';
import type { Mail } from '#platform/mail/mail.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { emailJobs, sendWrittenMail } from '#features/emails/jobs.ts';
import { fileJobs, fileSchedules, removeFiles, sweepOrphans } from '#features/files/jobs.ts';
import { exportItems, failLost, importItems, taskSchedules } from '#features/tasks/definitions.ts';
import { taskJobs } from '#features/tasks/jobs.ts';
import { noteActiveUser, sendWelcome, userJobs, userMailJobs } from '#features/users/jobs.ts';
import { forgetEnded, retentionJobs, retentionSchedules } from './retention.ts';

/** Everything that can be enqueued. */
export const jobDefinitions: readonly JobDefinition<never>[] = [
  exportItems,
  failLost,
  forgetEnded,
  importItems,
  noteActiveUser,
  removeFiles,
  sendWelcome,
  sendWrittenMail,
  sweepOrphans,
];

export const schedules: readonly Schedule[] = [...retentionSchedules, ...fileSchedules, ...taskSchedules];

interface Needs {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: Storage;
  readonly bus: Bus;
  /** Of all files of a user together. */
  readonly quotaBytes: number;
  /** Absent: mails wait in their queues. */
  readonly mail: Mail | undefined;
}

export function backgroundJobs(needs: Needs): JobHandler[] {
  const { db, clock, log, storage, mail } = needs;
  return [
    ...retentionJobs({ db, clock }),
    ...userJobs({ db }),
    ...fileJobs({ db, clock, log, storage }),
    ...taskJobs(needs),
    ...(mail ? [...userMailJobs({ db, mail, log }), ...emailJobs({ mail, log })] : []),
  ];
}
