import { unauthorized } from '#contract';
import type { HandlersOf, Schema } from '#api';
import type { Bus } from '#platform/bus.ts';
import type { Passwords } from '#platform/passwords.ts';
import { normaliseEmail } from '../users/rules.ts';
import { tellAccessChanged } from './access-news.ts';
import { findAccount, revokeSession } from './queries.ts';
import type { Sessions } from './sessions.ts';
import { issueSocketTicket } from './socket-ticket.ts';

/** No cache may keep a token (RFC 6749, 5.1). */
const uncached = { 'Cache-Control': 'no-store' } as const;

export function authHandlers({
  passwords,
  sessions,
  bus,
}: {
  passwords: Passwords;
  sessions: Sessions;
  bus: Bus;
}): HandlersOf<'auth'> {
  return {
    login: async ({ body, db, transaction }, reply) => {
      const { email, password } = credentialsIn(body);
      const account = await findAccount(db, normaliseEmail(email));
      const isRight = await passwords.verify(password, account?.password_hash);
      const tokens = account && isRight ? await sessions.start(transaction, account) : undefined;
      if (!tokens) throw unauthorized('Incorrect e-mail or password');
      return reply(200, tokens, uncached);
    },

    refreshToken: async ({ body, transaction }, reply) => {
      const tokens = await sessions.refresh({ transaction }, body.refresh_token);
      if (!tokens) throw unauthorized();
      return reply(200, tokens, uncached);
    },

    // In a transaction for the sake of its audit event: neither is kept without the other.
    logout: ({ principal, transaction, clock }, reply) =>
      transaction(async (trx) => {
        await revokeSession(trx, { sessionId: principal.session.id, now: clock.now() });
        await tellAccessChanged(bus, trx, principal.user.id);
        return reply(204);
      }),

    createSocketTicket: async ({ principal, db, clock }, reply) =>
      reply(200, await issueSocketTicket(db, principal, clock.now()), uncached),
  };
}

/** JSON says `email`, the OAuth2 form says `username`. */
function credentialsIn(body: Schema<'LoginRequest'> | Schema<'LoginForm'>): {
  email: string;
  password: string;
} {
  return { email: 'email' in body ? body.email : body.username, password: body.password };
}
