/** Sessions and their refresh tokens. A session is a family: one sign-in and every token rotated from it. */
import { sql } from 'kysely';
import type { Db, Trx } from '#platform/database/database.ts';
import { prepared } from '#platform/database/prepared.ts';
import type { Param } from '#platform/database/prepared.ts';

const livePrincipal = prepared((db, param: Param<{ sessionId: string; userId: number; now: string }>) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['u.id', 'u.is_superuser'])
    .where('s.id', '=', param('sessionId'))
    .where('u.id', '=', param('userId'))
    .where('u.is_active', '=', true)
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', param('now')),
);

/** The user behind a live session; undefined when either has ended. Asked on every authenticated request. */
export async function findPrincipal(
  db: Db,
  { sessionId, userId, now }: { sessionId: string; userId: number; now: Date },
): Promise<{ id: number; is_superuser: boolean } | undefined> {
  const [user] = await livePrincipal(db, { sessionId, userId, now: now.toISOString() });
  return user;
}

/** The account of an e-mail address (normalised), with what signing in needs. */
export function findAccount(db: Db, email: string) {
  return db
    .selectFrom('users')
    .select(['id', 'password_hash', 'is_active', 'is_superuser'])
    .where('email', '=', email)
    .executeTakeFirst();
}

/** Locks the account against a change of password or state while a session is being started. */
export function lockAccount(trx: Trx, userId: number) {
  return trx
    .selectFrom('users')
    .select(['password_hash', 'is_active'])
    .where('id', '=', userId)
    .forShare()
    .executeTakeFirst();
}

export function insertSession(trx: Trx, session: { user_id: number; created_at: Date; expires_at: Date }) {
  return trx.insertInto('sessions').values(session).returning('id').executeTakeFirstOrThrow();
}

export async function insertRefreshToken(
  trx: Trx,
  token: { token_hash: Buffer; session_id: string; created_at: Date; expires_at: Date },
): Promise<void> {
  await trx.insertInto('refresh_tokens').values(token).execute();
}

/** Marks a token as spent and returns its session; undefined unless it was the unspent one. */
export function spendRefreshToken(trx: Trx, { tokenHash, now }: { tokenHash: Buffer; now: Date }) {
  return trx
    .updateTable('refresh_tokens')
    .set({ rotated_at: now })
    .where('token_hash', '=', tokenHash)
    .where('rotated_at', 'is', null)
    .where('expires_at', '>', now.toISOString())
    .returning('session_id')
    .executeTakeFirst();
}

/** Prolongs a live session of an active user and returns the user; undefined when it has ended. */
export function prolongSession(
  trx: Trx,
  { sessionId, now, expiresAt }: { sessionId: string; now: Date; expiresAt: Date },
) {
  return trx
    .updateTable('sessions as s')
    .from('users as u')
    .set({ expires_at: expiresAt })
    .whereRef('u.id', '=', 's.user_id')
    .where('s.id', '=', sessionId)
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', now.toISOString())
    .where('u.is_active', '=', true)
    .returning(['u.id as user_id', 'u.is_superuser'])
    .executeTakeFirst();
}

/**
 * Ends the session of a token that was spent before `spentBefore`: somebody else has a copy of it. Returns whose it
 * was, if one was ended.
 */
export function revokeSessionOfReusedToken(
  db: Db,
  { tokenHash, spentBefore, now }: { tokenHash: Buffer; spentBefore: Date; now: Date },
) {
  return db
    .updateTable('sessions')
    .set({ revoked_at: now })
    .where('revoked_at', 'is', null)
    .where('id', 'in', (family) =>
      family
        .selectFrom('refresh_tokens')
        .select('session_id')
        .where('token_hash', '=', tokenHash)
        .where('rotated_at', '<', spentBefore.toISOString()),
    )
    .returning('user_id')
    .executeTakeFirst();
}

export async function revokeSession(
  db: Db,
  { sessionId, now }: { sessionId: string; now: Date },
): Promise<void> {
  await db.updateTable('sessions').set({ revoked_at: now }).where('id', '=', sessionId).execute();
}

/** Ends every session of a user, but for the one named. */
export async function revokeSessionsOf(
  db: Db,
  { userId, exceptSessionId, now }: { userId: number; exceptSessionId?: string; now: Date },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ revoked_at: now })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`id is distinct from ${exceptSessionId ?? null}::uuid`)
    .execute();
}

export async function insertSocketTicket(
  db: Db,
  ticket: { ticket_hash: Buffer; session_id: string; token_expires_at: Date; expires_at: Date },
): Promise<void> {
  await db.insertInto('socket_tickets').values(ticket).execute();
}

/** Uses a ticket up and returns the user behind it; undefined unless ticket, session and user are alive. */
export function spendSocketTicket(db: Db, { ticketHash, now }: { ticketHash: Buffer; now: Date }) {
  const moment = now.toISOString();
  return db
    .with('spent', (trx) =>
      trx
        .deleteFrom('socket_tickets')
        .where('ticket_hash', '=', ticketHash)
        .returning(['session_id', 'token_expires_at', 'expires_at']),
    )
    .selectFrom('spent')
    .innerJoin('sessions as s', 's.id', 'spent.session_id')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['u.id', 'u.is_superuser', 's.id as session_id', 'spent.token_expires_at'])
    .where('spent.expires_at', '>', moment)
    .where('spent.token_expires_at', '>', moment)
    .where('u.is_active', '=', true)
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', moment)
    .executeTakeFirst();
}

/** What nobody can use any more. */
export async function deleteExpiredTickets(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('socket_tickets').where('expires_at', '<', now.toISOString()).execute();
}
