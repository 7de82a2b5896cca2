/** `x-access: self`: a user reaches the account that the path names only if it is their own. */
import { forbidden } from '#contract';
import type { Exchange, Hooks } from '#contract';

interface Caller {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
}

/**
 * `owner` needs no check here: the queries of such an operation see the caller's own rows only, so that
 * somebody else's is a 404 like any missing one.
 */
export function accessPolicy(): Hooks<Caller> {
  return { authorised: refuseOthers };
}

function refuseOthers({ operation, pathParams, principal }: Exchange<Caller>): void {
  if (operation.extensions['x-access'] !== 'self' || !principal || principal.user.is_superuser) return;
  const addressed = pathParams['user_id'];
  // Decided before anybody looks whether that user exists: the answer tells nothing about it.
  if (addressed !== undefined && addressed !== String(principal.user.id)) {
    throw forbidden('This is not your account.');
  }
}
