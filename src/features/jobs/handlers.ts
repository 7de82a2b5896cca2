import { notFound } from '#contract';
import type { HandlersOf } from '#api';
import { listFailedJobs } from '#platform/jobs/failed-jobs.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { cursorOf, positionIn } from './cursor.ts';

export function jobHandlers({ jobs }: { jobs: Jobs }): HandlersOf<'jobs'> {
  return {
    listFailedJobs: async ({ query: { cursor, limit }, db }, reply) => {
      const after = cursor === undefined ? undefined : positionIn(cursor);
      // One more than asked for tells whether the stream goes on.
      const failed = await listFailedJobs(db, { after, most: limit + 1 });
      const items = failed.slice(0, limit);
      const last = items.at(-1);
      const next_cursor = last && failed.length > limit ? cursorOf(last) : null;
      return reply(200, { items, next_cursor });
    },

    retryFailedJob: ({ params: { job_id: id }, transaction }, reply) =>
      transaction(async (trx) => {
        if (!(await jobs.retryFailed(trx, id))) throw notFound('Job', id);
        return reply(202);
      }),
  };
}
