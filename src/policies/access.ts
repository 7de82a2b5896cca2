/** `x-access`: who may call besides superusers. `self`: only the user whose account the path names. */
import { forbidden } from '#contract';
import type { Exchange, Hooks, Operation } from '#contract';

interface Caller {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
}

/**
 * `owner` is kept by the queries: they see the caller's own rows only, so that somebody else's is a 404 like any
 * missing one. The authorization sweep proves it for every operation.
 */
export function accessPolicy(): Hooks<Caller> {
  return { check: accessFaults, authorised: refuseOthers };
}

/** What could not be enforced is refused at boot: a policy that nobody checks would let everybody in. */
function accessFaults({ security, extensions, path }: Operation): string[] {
  const access = extensions['x-access'];
  if (security.length === 0) return access === undefined ? [] : ['has x-access, but no security'];
  if (access !== 'any' && access !== 'self' && access !== 'owner') {
    return [`has the x-access ${JSON.stringify(access)}: it must be any, self or owner`];
  }
  const isOptional = security.some((schemes) => Object.keys(schemes).length === 0);
  if (isOptional && access !== 'any')
    return [`has x-access ${access}, but may be called by nobody in particular`];
  const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  const isOther = parameters.some((name) => name !== 'user_id');
  return access === 'self' && isOther ? ['has x-access self, which knows no path parameter but user_id'] : [];
}

function refuseOthers({ operation, pathParams, principal }: Exchange<Caller>): void {
  if (operation.extensions['x-access'] !== 'self' || !principal || principal.user.is_superuser) return;
  const addressed = pathParams['user_id'];
  // Decided before anybody looks whether that user exists: the answer tells nothing about it.
  if (addressed !== undefined && addressed !== String(principal.user.id)) {
    throw forbidden('This is not your account.');
  }
}
