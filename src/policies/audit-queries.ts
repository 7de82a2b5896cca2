import type { Db } from '#platform/database/database.ts';

/** A row of the audit trail; see the schema `AuditEvent` of the contract. */
export interface NewAuditEvent {
  readonly at: Date;
  readonly event: string;
  readonly outcome: 'succeeded' | 'refused';
  readonly actor_id: number | null;
  readonly target: string | null;
  readonly changes: Record<string, boolean> | null;
  readonly request_id: string;
  readonly operation: string;
  readonly status: number;
}

export async function insertAuditEvent(db: Db, event: NewAuditEvent): Promise<void> {
  await db.insertInto('audit_events').values(event).execute();
}
