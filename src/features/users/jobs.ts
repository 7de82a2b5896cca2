import { defineJob } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import type { Db } from '#platform/database/database.ts';
import { deliver } from '#platform/mail/deliver.ts';
import type { Deliveries } from '#platform/mail/deliver.ts';
import { welcomeMail } from './mails.ts';
import { findUser, noteActivity } from './queries.ts';

export const sendWelcome = defineJob<{ user_id: number }>('users.welcome', {
  retries: 12,
  retryDelaySeconds: 5,
});

export const noteActiveUser = defineJob<{ user_id: number; at: string }>('users.note_activity');

export function userJobs({ db }: { db: Db }): JobHandler[] {
  return [
    handleJob(noteActiveUser, async ({ user_id: id, at }) => {
      await noteActivity(db, { id, at });
    }),
  ];
}

/** Apart from the rest: without a way to send mail these wait. */
export function userMailJobs({ db, ...deliveries }: { db: Db } & Deliveries): JobHandler[] {
  return [
    handleJob(sendWelcome, async ({ user_id }, { id }) => {
      const user = await findUser(db, user_id);
      // Gone before it was welcome.
      if (user) await deliver(deliveries, { id, to: user.email, ...welcomeMail(user) });
    }),
  ];
}
