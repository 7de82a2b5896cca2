/** Access tokens: HS256 JWTs (RFC 9068 names), signed and checked by jose. */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import type { Clock } from '#platform/clock.ts';

/** What a valid token says; whether session and user still live is asked of the database each time. */
export interface AccessClaims {
  readonly userId: number;
  readonly sessionId: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface AccessTokens {
  sign(claims: { userId: number; sessionId: string }): Promise<string>;
  /** The claims of a token of ours that has not expired; undefined for anything else. */
  verify(token: string): Promise<AccessClaims | undefined>;
  readonly lifetimeSeconds: number;
}

const issuer = 'accord';
const audience = 'accord-api';
const typ = 'at+jwt';
const longestToken = 4096;
const decimalId = /^[1-9]\d{0,9}$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createAccessTokens({
  secretKey,
  lifetimeSeconds,
  clock,
}: {
  secretKey: string;
  lifetimeSeconds: number;
  clock: Clock;
}): AccessTokens {
  const key = new TextEncoder().encode(secretKey);
  const check = async (token: string): Promise<AccessClaims | undefined> => {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      issuer,
      audience,
      typ,
      requiredClaims: ['sub', 'iat', 'exp', 'jti', 'sid'],
      currentDate: clock.now(),
    });
    return claimsOf(payload, lifetimeSeconds);
  };
  const remembered = rememberValid(check, clock);
  return {
    lifetimeSeconds,
    verify: (token) => (token.length > longestToken ? Promise.resolve(undefined) : remembered(token)),
    sign: ({ userId, sessionId }) => {
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(String(userId))
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key);
    },
  };
}

/** Claims that we would have signed ourselves: a lifetime longer than ours is somebody's forgery. */
function claimsOf(
  { sub, sid, iat = 0, exp = 0 }: Readonly<{ sub?: unknown; sid?: unknown; iat?: number; exp?: number }>,
  lifetimeSeconds: number,
): AccessClaims | undefined {
  if (typeof sub !== 'string' || !decimalId.test(sub)) return undefined;
  if (typeof sid !== 'string' || !uuid.test(sid)) return undefined;
  if (exp - iat > lifetimeSeconds) return undefined;
  return { userId: Number(sub), sessionId: sid, expiresAt: exp };
}

const mostRemembered = 10_000;

/**
 * Remembers tokens whose signature was good: checking it again would cost half of a request's time. Only the
 * signature is spared; expiry is looked at each time, and the session is asked of the database.
 */
function rememberValid(
  check: (token: string) => Promise<AccessClaims | undefined>,
  clock: Clock,
): (token: string) => Promise<AccessClaims | undefined> {
  const valid = new Map<string, AccessClaims>();
  return async (token) => {
    const known = valid.get(token);
    if (known) {
      if (known.expiresAt * 1000 > clock.now().getTime()) return known;
      valid.delete(token);
      return undefined;
    }
    const claims = await check(token).catch(() => undefined);
    if (claims) remember(valid, token, claims);
    return claims;
  };
}

function remember(valid: Map<string, AccessClaims>, token: string, claims: AccessClaims): void {
  if (valid.size >= mostRemembered) {
    const [oldest] = valid.keys();
    if (oldest !== undefined) valid.delete(oldest);
  }
  valid.set(token, claims);
}
