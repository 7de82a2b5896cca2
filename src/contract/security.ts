/** Who is calling, and may they: security alternatives and scopes, fail closed. */
import { Problem, forbidden, serviceUnavailable, unauthorized } from './problem.ts';
import type { Exchange, PlainRequest } from './exchange.ts';
import type { SecurityRequirement } from './document.ts';

/** What an authenticator found out. Absent and refused differ: a wrong credential is never anonymous. */
export type AuthenticationResult<Principal> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly challenge: string }
  | { readonly kind: 'accepted'; readonly principal: Principal; readonly scopes: readonly string[] };

/**
 * Checks the credentials of one security scheme. Throwing means "could not find out" (a database that is
 * down, say) and becomes what the thrown error says, or 503: never 401.
 */
export interface Authenticator<Principal> {
  authenticate(request: PlainRequest): Promise<AuthenticationResult<Principal>>;
  /** The `WWW-Authenticate` of a request without credentials. */
  readonly challenge: string;
}

/** One of the ways to be let in: every scheme of it must accept, with all the scopes. */
export type Alternative = readonly { readonly scheme: string; readonly scopes: readonly string[] }[];

/** The alternatives of an operation; an empty one lets everybody in, none at all means that nobody is asked. */
export function alternativesOf(security: readonly SecurityRequirement[]): Alternative[] {
  return security.map((requirement) =>
    Object.entries(requirement).map(([scheme, scopes]) => ({ scheme, scopes })),
  );
}

/** A scheme's result as openapi-backend carries it: `error` makes its own logic refuse as well. */
export interface SchemeResult<Principal> {
  readonly outcome: AuthenticationResult<Principal> | { readonly kind: 'failed'; readonly cause: unknown };
  readonly error?: string;
}

/** Runs an authenticator; what it throws is kept apart from what it refuses. */
export async function runAuthenticator<Principal>(
  authenticator: Authenticator<Principal>,
  request: PlainRequest,
): Promise<SchemeResult<Principal>> {
  try {
    const outcome = await authenticator.authenticate(request);
    return outcome.kind === 'accepted' ? { outcome } : { outcome, error: 'not accepted' };
  } catch (cause) {
    return { outcome: { kind: 'failed', cause }, error: 'failed' };
  }
}

export interface AdmissionRules {
  /** The `WWW-Authenticate` of a scheme. */
  challengeOf(scheme: string): string;
  /** Problems for errors of the application's own libraries. */
  readonly toProblem: ((error: unknown) => Problem | undefined) | undefined;
}

type Results<Principal> = Readonly<Record<string, SchemeResult<Principal> | undefined>>;

/**
 * Sets the principal, or throws 401, 403 or the failure of an authenticator. A refused credential is a 401
 * even where another scheme accepts its own or none is needed: nobody sends a wrong one on purpose.
 */
export function admit<Principal>(
  exchange: Exchange<Principal>,
  results: Results<Principal>,
  { challengeOf, toProblem }: AdmissionRules,
): void {
  const { alternatives, schemes } = exchange.operation;
  if (alternatives.length === 0) return;
  for (const scheme of schemes) refuseFailed(results[scheme], toProblem);
  const granted = alternatives.filter((alternative) => isGranted(alternative, results));
  const known = granted.length > 0 ? granted : alternatives.filter((one) => isAuthenticated(one, results));
  // Of whoever lacks the role, too: the log and the hooks tell who was refused.
  exchange.principal = principalOf(known, results);
  if (known.length === 0) {
    throw unauthorized('Not authenticated', [...new Set(schemes.map(challengeOf))].join(', '));
  }
  if (granted.length === 0) throw forbidden('Your role does not allow this.');
}

function refuseFailed(
  result: SchemeResult<unknown> | undefined,
  toProblem: AdmissionRules['toProblem'],
): void {
  if (result?.outcome.kind === 'failed') throw failure(result.outcome.cause, toProblem);
  if (result?.outcome.kind === 'refused') throw unauthorized(undefined, result.outcome.challenge);
}

function isAuthenticated(alternative: Alternative, results: Results<unknown>): boolean {
  return alternative.every(({ scheme }) => results[scheme]?.outcome.kind === 'accepted');
}

function isGranted(alternative: Alternative, results: Results<unknown>): boolean {
  return alternative.every(({ scheme, scopes }) => {
    const outcome = results[scheme]?.outcome;
    return outcome?.kind === 'accepted' && scopes.every((scope) => outcome.scopes.includes(scope));
  });
}

/** Of the first scheme of the first alternative that names one; `{}` alone leaves the caller anonymous. */
function principalOf<Principal>(
  granted: readonly Alternative[],
  results: Results<Principal>,
): Principal | undefined {
  const first = granted.find(([scheme]) => scheme !== undefined)?.[0];
  const outcome = first && results[first.scheme]?.outcome;
  return outcome?.kind === 'accepted' ? outcome.principal : undefined;
}

/** What the application makes of the error, as long as it blames the server; else a plain 503. */
function failure(cause: unknown, toProblem: AdmissionRules['toProblem']): Problem {
  if (cause instanceof Problem) return cause;
  const problem = toProblem?.(cause);
  if (problem && problem.status >= 500) return problem;
  return serviceUnavailable('service_unavailable', 'Credentials cannot be checked now.', { cause });
}
