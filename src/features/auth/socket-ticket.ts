/** The `socketTicket` scheme of the contract: a ticket that opens one socket in place of an access token. */
import { createHash, randomBytes } from 'node:crypto';
import type { AuthenticationResult, Authenticator } from '#contract';
import type { Db } from '#platform/database/database.ts';
import type { Clock } from '#platform/clock.ts';
import type { Principal, Schema } from '#api';
import { scopesOf } from './authenticator.ts';
import { insertSocketTicket, spendSocketTicket } from './queries.ts';

const lifetimeSeconds = 30;
const realm = 'Ticket realm="accord"';
const refused = { kind: 'refused', challenge: `${realm}, error="invalid_token"` } as const;

/** A new ticket for the session of a caller. The database keeps only its hash. */
export async function issueSocketTicket(
  db: Db,
  { session }: Principal,
  now: Date,
): Promise<Schema<'SocketTicket'>> {
  const ticket = randomBytes(32).toString('base64url');
  const secondsLeft = Math.ceil((session.tokenExpiresAt.getTime() - now.getTime()) / 1000);
  const expires_in = Math.max(1, Math.min(lifetimeSeconds, secondsLeft));
  await insertSocketTicket(db, {
    ticket_hash: hashOf(ticket),
    session_id: session.id,
    token_expires_at: session.tokenExpiresAt,
    expires_at: new Date(now.getTime() + expires_in * 1000),
  });
  return { ticket, expires_in };
}

/** Whoever presents a ticket has used it up, whatever else is wrong with the request. */
export function ticketAuthenticator({ db, clock }: { db: Db; clock: Clock }): Authenticator<Principal> {
  return {
    challenge: realm,
    async authenticate({ headers, queryString }): Promise<AuthenticationResult<Principal>> {
      const ticket = ticketIn(headers['sec-websocket-protocol'], queryString);
      if (ticket === undefined) return { kind: 'absent' };
      const found = await spendSocketTicket(db, { ticketHash: hashOf(ticket), now: clock.now() });
      if (!found) return refused;
      const { id, is_superuser, session_id, token_expires_at } = found;
      const session = { id: session_id, tokenExpiresAt: new Date(token_expires_at) };
      const user = { id, is_superuser };
      return { kind: 'accepted', principal: { user, session }, scopes: scopesOf(user) };
    },
  };
}

/** Of the protocols that a client offers the ticket is one, since a page can set nothing else. */
function ticketIn(protocols: string | undefined, queryString: string): string | undefined {
  const offered = (protocols ?? '').split(',').map((protocol) => protocol.trim());
  const protocol = offered.find((one) => one.startsWith('ticket.'));
  return protocol?.slice('ticket.'.length) ?? new URLSearchParams(queryString).get('ticket') ?? undefined;
}

function hashOf(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest();
}
