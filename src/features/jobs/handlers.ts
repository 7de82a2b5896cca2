import { notFound } from '#contract';
import type { HandlersOf } from '#api';
import { listFailedJobs } from '#platform/jobs/failed-jobs.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { byUuid, streamOf, streamRequest } from '../streams.ts';

/** The queue keeps microseconds. */
const byFailure = { ...byUuid, fractionDigits: 6 } as const;

export function jobHandlers({ jobs }: { jobs: Jobs }): HandlersOf<'jobs'> {
  return {
    listFailedJobs: async ({ query, db }, reply) => {
      const request = streamRequest(query, byFailure);
      const failed = await listFailedJobs(db, request);
      return reply(
        200,
        streamOf(failed, request, ({ failed_at: at, id }) => ({ at, id })),
      );
    },

    retryFailedJob: ({ params: { job_id: id }, transaction }, reply) =>
      transaction(async (trx) => {
        if (!(await jobs.retryFailed(trx, id))) throw notFound('Job', id);
        return reply(202);
      }),
  };
}
