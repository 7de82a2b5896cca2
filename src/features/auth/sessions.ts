/** Starting a session and going on with it: the two ways to a pair of tokens. */
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { Trx } from '#platform/database/database.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Schema } from '#api';
import { tellAccessChanged } from './access-news.ts';
import type { AccessTokens } from './access-token.ts';
import { scopesOf } from './authenticator.ts';
import {
  insertRefreshToken,
  insertSession,
  lockAccount,
  prolongSession,
  revokeSessionOfReusedToken,
  spendRefreshToken,
} from './queries.ts';
import { hashRefreshToken, newRefreshToken } from './refresh-token.ts';

export interface SessionRules {
  readonly refreshTokenSeconds: number;
  /** How long a spent token may come again without ending its session: two tabs of one browser. */
  readonly refreshGraceSeconds: number;
}

export interface Sessions {
  /** Undefined when the account changed since its password was checked. */
  start(transaction: RunTransaction, account: Account): Promise<Schema<'Token'> | undefined>;
  /** Undefined when the token is not the newest one of a live session. */
  refresh(tools: { transaction: RunTransaction }, token: string): Promise<Schema<'Token'> | undefined>;
}

export interface Account {
  readonly id: number;
  readonly password_hash: string;
  readonly is_superuser: boolean;
}

interface Family {
  readonly sessionId: string;
  readonly userId: number;
  readonly is_superuser: boolean;
  readonly refreshToken: string;
}

export function createSessions({
  accessTokens,
  bus,
  clock,
  rules,
}: {
  accessTokens: AccessTokens;
  bus: Bus;
  clock: Clock;
  rules: SessionRules;
}): Sessions {
  const until = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000);

  const issueRefreshToken = async (trx: Trx, sessionId: string, now: Date): Promise<string> => {
    const refreshToken = newRefreshToken();
    await insertRefreshToken(trx, {
      token_hash: hashRefreshToken(refreshToken),
      session_id: sessionId,
      created_at: now,
      expires_at: until(now, rules.refreshTokenSeconds),
    });
    return refreshToken;
  };

  // Signed after the commit: a signature needs no open transaction.
  const tokensOf = async (family: Family): Promise<Schema<'Token'>> => ({
    access_token: await accessTokens.sign(family),
    token_type: 'bearer',
    expires_in: accessTokens.lifetimeSeconds,
    refresh_token: family.refreshToken,
    scope: scopesOf(family).includes('superuser') ? 'user superuser' : 'user',
  });

  const startFamily = async (trx: Trx, { id: userId, password_hash, is_superuser }: Account) => {
    const current = await lockAccount(trx, userId);
    if (!current?.is_active || current.password_hash !== password_hash) return undefined;
    const now = clock.now();
    const expires_at = until(now, rules.refreshTokenSeconds);
    const session = await insertSession(trx, { user_id: userId, created_at: now, expires_at });
    const refreshToken = await issueRefreshToken(trx, session.id, now);
    return { sessionId: session.id, userId, is_superuser, refreshToken };
  };

  const continueFamily = async (trx: Trx, tokenHash: Buffer, now: Date) => {
    const spent = await spendRefreshToken(trx, { tokenHash, now });
    if (!spent) return undefined;
    const sessionId = spent.session_id;
    const expiresAt = until(now, rules.refreshTokenSeconds);
    const user = await prolongSession(trx, { sessionId, now, expiresAt });
    if (!user) return undefined;
    const refreshToken = await issueRefreshToken(trx, sessionId, now);
    return { sessionId, userId: user.user_id, is_superuser: user.is_superuser, refreshToken };
  };

  return {
    async start(transaction, account) {
      const family = await transaction((trx) => startFamily(trx, account));
      return family && tokensOf(family);
    },
    async refresh({ transaction }, token) {
      const now = clock.now();
      const tokenHash = hashRefreshToken(token);
      const family = await transaction((trx) => continueFamily(trx, tokenHash, now));
      if (family) return tokensOf(family);
      // In a transaction of its own, so that it stays whatever is answered.
      const spentBefore = until(now, -rules.refreshGraceSeconds);
      await transaction(async (trx) => {
        const ended = await revokeSessionOfReusedToken(trx, { tokenHash, spentBefore, now });
        if (ended) await tellAccessChanged(bus, trx, ended.user_id);
      });
      return undefined;
    },
  };
}
