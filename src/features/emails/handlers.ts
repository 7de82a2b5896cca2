import { randomUUID } from 'node:crypto';
import type { HandlersOf } from '#api';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { sendWrittenMail } from './jobs.ts';

export function emailHandlers({ jobs }: { jobs: Jobs }): HandlersOf<'emails'> {
  return {
    sendEmail: ({ body, transaction }, reply) =>
      transaction(async (trx) => {
        const id = randomUUID();
        await jobs.enqueue(trx, sendWrittenMail, { mail_id: id, ...body });
        return reply(202, { id });
      }),
  };
}
