import { defineJob } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { deliver } from '#platform/mail/deliver.ts';
import type { Deliveries } from '#platform/mail/deliver.ts';

/** The mail itself: there is nothing that it could be made from again. */
export const sendWrittenMail = defineJob<{ mail_id: string; to: string; subject: string; text: string }>(
  'emails.send',
  { retries: 12, retryDelaySeconds: 5 },
);

export function emailJobs(deliveries: Deliveries): JobHandler[] {
  return [
    handleJob(sendWrittenMail, async ({ mail_id: id, to, subject, text }) => {
      await deliver(deliveries, { id, to, subject, text });
    }),
  ];
}
