import { sql } from 'kysely';
import type { Schema } from '#api';
import type { Db } from '#platform/database/database.ts';
import type { StreamRequest } from '../streams.ts';

type AuditEvent = Schema<'AuditEvent'>;

export interface AuditFilter {
  readonly actor_id?: number | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  /** Not included. */
  readonly to?: string | undefined;
}

/** Newest first; only what comes after `after` in this order. */
export function listAuditEvents(
  db: Db,
  { actor_id, event, from, to }: AuditFilter,
  { after, most }: StreamRequest,
): Promise<AuditEvent[]> {
  let events = db
    .selectFrom('audit_events')
    .select(['id', 'at', 'event', 'actor_id', 'target', 'request_id', 'operation', 'status'])
    .select(({ ref }) => [
      ref('outcome').$castTo<AuditEvent['outcome']>().as('outcome'),
      ref('changes').$castTo<AuditEvent['changes']>().as('changes'),
    ]);
  if (actor_id !== undefined) events = events.where('actor_id', '=', actor_id);
  if (event !== undefined) events = events.where('event', '=', event);
  if (from !== undefined) events = events.where('at', '>=', from);
  if (to !== undefined) events = events.where('at', '<', to);
  if (after) events = events.where(sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id}::bigint)`);
  return events.orderBy('at', 'desc').orderBy('id', 'desc').limit(most).execute();
}
