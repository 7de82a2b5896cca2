/** The `oauth2` scheme of the contract: a bearer token whose session and user are alive at this moment. */
import type { AuthenticationResult, Authenticator } from '#contract';
import type { Db } from '#platform/database/database.ts';
import type { Clock } from '#platform/clock.ts';
import type { Principal } from '#api';
import type { AccessTokens } from './access-token.ts';
import { findPrincipal } from './queries.ts';

const realm = 'Bearer realm="accord"';
const refused = { kind: 'refused', challenge: `${realm}, error="invalid_token"` } as const;
const bearer = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

export function bearerAuthenticator({
  db,
  accessTokens,
  clock,
}: {
  db: Db;
  accessTokens: AccessTokens;
  clock: Clock;
}): Authenticator<Principal> {
  return {
    challenge: realm,
    async authenticate({ headers: { authorization } }): Promise<AuthenticationResult<Principal>> {
      if (authorization === undefined) return { kind: 'absent' };
      const token = bearer.exec(authorization)?.[1];
      const claims = token === undefined ? undefined : await accessTokens.verify(token);
      if (!claims) return refused;
      const user = await findPrincipal(db, { ...claims, now: clock.now() });
      if (!user) return refused;
      return {
        kind: 'accepted',
        principal: {
          user,
          session: { id: claims.sessionId, tokenExpiresAt: new Date(claims.expiresAt * 1000) },
        },
        scopes: scopesOf(user),
      };
    },
  };
}

/** The scopes of the contract. From the database, not from the token: a demotion counts at once. */
export function scopesOf({ is_superuser }: { is_superuser: boolean }): readonly ('user' | 'superuser')[] {
  return is_superuser ? ['user', 'superuser'] : ['user'];
}
