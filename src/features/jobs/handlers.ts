import { fieldErrorAt, notFound, validationFailed } from '#contract';
import type { HandlersOf } from '#api';
import type { Jobs } from '#platform/jobs/jobs.ts';

export function jobHandlers({ jobs }: { jobs: Jobs }): HandlersOf<'jobs'> {
  return {
    listFailedJobs: async ({ query: { cursor, limit } }, reply) => {
      // One more than asked for tells whether the stream goes on.
      const failed = await jobs.listFailed({ after: positionIn(cursor), most: limit + 1 });
      const items = failed.slice(0, limit);
      const next_cursor = failed.length > limit ? (items.at(-1)?.id ?? null) : null;
      return reply(200, { items, next_cursor });
    },

    retryFailedJob: ({ params: { job_id: id }, transaction }, reply) =>
      transaction(async (trx) => {
        if (!(await jobs.retryFailed(trx, id))) throw notFound('Job', id);
        return reply(202);
      }),
  };
}

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

/** Throws a 422 for what was never a `next_cursor`. */
function positionIn(cursor: string | undefined): string | undefined {
  if (cursor === undefined || uuid.test(cursor)) return cursor;
  const message = 'is not a next_cursor of this stream';
  throw validationFailed([fieldErrorAt('query', '/cursor', { message, type: 'cursor' })]);
}
