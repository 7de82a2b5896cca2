/** Credentials that are none, as Authorization headers. */
import { SignJWT, UnsecuredJWT, decodeJwt } from 'jose';
import type { Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainRequest } from './attack.ts';
import type { Attack } from './attack.ts';

interface Forgery {
  readonly name: string;
  readonly alg?: string;
  readonly typ?: string;
  readonly secret?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly without?: string;
}

const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const nobody = '00000000-0000-4000-8000-000000000000';

const forgeries: readonly Forgery[] = [
  { name: 'HS512', alg: 'HS512' },
  { name: 'another key', secret: 'x'.repeat(64) },
  { name: 'another type', typ: 'JWT' },
  { name: 'no exp', without: 'exp' },
  { name: 'expired', claims: { iat: 1, exp: 2 } },
  { name: 'exp 9e15', claims: { exp: 9e15 } },
  { name: 'exp as text', claims: { exp: String(inAnHour) } },
  { name: 'exp negative', claims: { exp: -1 } },
  { name: 'nbf in the future', claims: { nbf: inAnHour } },
  { name: 'iat in the future, lived out of order', claims: { iat: inAnHour, exp: inAnHour - 7200 } },
  { name: 'wrong aud', claims: { aud: 'somebody-else' } },
  { name: 'wrong iss', claims: { iss: 'somebody-else' } },
  { name: 'no sid', without: 'sid' },
  { name: 'unknown session', claims: { sid: nobody } },
  { name: 'a session that is SQL', claims: { sid: "' or 1=1--" } },
  { name: 'a session with NUL', claims: { sid: 'a\0b' } },
  { name: 'no sub', without: 'sub' },
  { name: 'sub an object', claims: { sub: { id: 1 } } },
  { name: 'sub an array', claims: { sub: ['1'] } },
  { name: 'sub 1e3', claims: { sub: '1e3' } },
  { name: 'sub out of range', claims: { sub: '9223372036854775808' } },
  { name: 'sub of nobody', claims: { sub: '2147483647' } },
  { name: 'no jti', without: 'jti' },
];

/** Named Authorization headers, each of which has to be refused; `secret` is the server's own. */
export async function badCredentials(
  member: Member,
  secret: string,
): Promise<Map<string, string | undefined>> {
  const genuine = decodeJwt(member.accessToken);
  const forged = forgeries.map(async (forgery): Promise<[string, string]> => [
    forgery.name,
    `Bearer ${await sign(genuine, { secret, ...forgery })}`,
  ]);
  const [header = '', payload = '', signature = ''] = member.accessToken.split('.');
  return new Map<string, string | undefined>([
    ...(await Promise.all(forged)),
    ['none at all', undefined],
    ['alg none', `Bearer ${new UnsecuredJWT(genuine).encode()}`],
    ['no signature', `Bearer ${header}.${payload}.`],
    ['a signature of another length', `Bearer ${header}.${payload}.${signature.slice(4)}`],
    ['a changed payload', `Bearer ${header}.${payload.slice(0, -4)}AAAA.${signature}`],
    ['a refresh token', `Bearer ${member.refreshToken}`],
    ['another scheme', 'Basic YWRhOnNlY3JldA=='],
    ['no scheme', member.accessToken],
    ['no token', 'Bearer '],
    ['no JWT', 'Bearer abc'],
    ['two tokens', `Bearer ${member.accessToken} ${member.accessToken}`],
    ['5,000 characters', `Bearer ${'a'.repeat(5000)}`],
    ['9,000 dots', `Bearer ${'.'.repeat(9000)}`],
    ['bytes beyond ASCII', 'Bearer \u00ff\u00fe'],
  ]);
}

function sign(genuine: Readonly<Record<string, unknown>>, forgery: Omit<Forgery, 'name'>): Promise<string> {
  const { alg = 'HS256', typ = 'at+jwt', secret = '', claims = {}, without } = forgery;
  const entries = Object.entries({ ...genuine, ...claims }).filter(([name]) => name !== without);
  return new SignJWT(Object.fromEntries(entries))
    .setProtectedHeader({ alg, typ })
    .sign(new TextEncoder().encode(alg === 'HS512' ? secret.repeat(2) : secret));
}

/** Every bad credential for one secured operation. */
export function tokenAttacks(
  operation: Operation,
  { member, credentials }: { member: Member; credentials: ReadonlyMap<string, string | undefined> },
): Attack[] {
  const { Authorization: _genuine, ...headers } = plainRequest(operation, member).headers;
  return [...credentials].map(([name, authorization]) => ({
    operation,
    name,
    request: {
      ...plainRequest(operation, member),
      headers: authorization === undefined ? headers : { ...headers, Authorization: authorization },
    },
    expected: [401],
  }));
}
