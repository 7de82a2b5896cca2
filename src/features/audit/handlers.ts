import type { HandlersOf } from '#api';
import { cursorOf, positionIn } from './cursor.ts';
import { listAuditEvents } from './queries.ts';

export function auditHandlers(): HandlersOf<'audit'> {
  return {
    listAuditEvents: async ({ query, db }, reply) => {
      const { cursor, limit } = query;
      const after = cursor === undefined ? undefined : positionIn(cursor);
      // One more than asked for tells whether the stream goes on.
      const events = await listAuditEvents(db, query, { after, most: limit + 1 });
      const items = events.slice(0, limit);
      const last = items.at(-1);
      const next_cursor = last && events.length > limit ? cursorOf(last) : null;
      return reply(200, { items, next_cursor });
    },
  };
}
