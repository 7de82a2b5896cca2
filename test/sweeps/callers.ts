/** Who calls an operation, and what the contract says they get. */
import type { Cast } from './story.ts';
import type { Operation } from './operations.ts';

/** `owner` and `other` are users; what a request addresses belongs to the first. */
export const callers = ['anonymous', 'owner', 'other', 'inactive', 'superuser'] as const;

export type Caller = (typeof callers)[number];

export type Verdict = 'success' | 401 | 403 | 404;

/** The scopes that the `oauth2` scheme gives an account. */
const scopesOf: Readonly<Record<Caller, readonly string[] | undefined>> = {
  anonymous: undefined,
  inactive: undefined,
  owner: ['user'],
  other: ['user'],
  superuser: ['user', 'superuser'],
};

export function tokenOf(caller: Caller, { ada, bob, ines, grace }: Cast): string | undefined {
  return { anonymous: undefined, owner: ada, other: bob, inactive: ines, superuser: grace }[caller];
}

/** By `security` and `x-access` alone. */
export function verdictFor(operation: Operation, caller: Caller): Verdict {
  const { security, access } = operation;
  const isOpen = security.some((alternative) => Object.keys(alternative).length === 0);
  if (security.length === 0 || (isOpen && caller === 'anonymous')) return 'success';
  const scopes = scopesOf[caller];
  if (!scopes) return 401;
  if (!security.some((alternative) => covers(scopes, alternative))) return 403;
  if (caller !== 'other' || !addressesSomebody(operation)) return 'success';
  return access === 'self' ? 403 : 404;
}

function covers(scopes: readonly string[], alternative: Operation['security'][number]): boolean {
  return Object.values(alternative).every((needed) => needed.every((scope) => scopes.includes(scope)));
}

/** Whether a request names something that belongs to one user, and is closed to others. */
export function addressesSomebody({ access, parameters }: Operation): boolean {
  return access !== 'any' && parameters.some((parameter) => parameter.in === 'path');
}

/** What the contract says so that nobody could tell who may call; empty when all is said. */
export function unclear({ id, security, access }: Operation): string[] {
  const schemes = security.flatMap((alternative) => Object.keys(alternative));
  const unknown = schemes.filter((scheme) => scheme !== 'oauth2' && scheme !== 'socketTicket');
  const isSaid = security.length === 0 || ['any', 'self', 'owner'].includes(access ?? '');
  return [
    ...unknown.map((scheme) => `${id}: the sweep has no credentials for ${scheme}`),
    ...(isSaid ? [] : [`${id}: its x-access is ${access}`]),
  ];
}
