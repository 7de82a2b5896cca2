import type { HandlersOf } from '#api';
import { byNumber, streamOf, streamRequest } from '../streams.ts';
import { listAuditEvents } from './queries.ts';

export function auditHandlers(): HandlersOf<'audit'> {
  return {
    listAuditEvents: async ({ query, db }, reply) => {
      const request = streamRequest(query, byNumber);
      const events = await listAuditEvents(db, query, request);
      return reply(
        200,
        streamOf(events, request, ({ at, id }) => ({ at, id: String(id) })),
      );
    },
  };
}
