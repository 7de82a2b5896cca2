/** What makes two requests the same one. */
import { createHash } from 'node:crypto';
import type { Exchange } from '#contract';
import type { KeyName } from './idempotency-queries.ts';

export interface Caller {
  readonly user: { readonly id: number };
}

/** The header as the contract writes it. */
export const keyHeader = 'Idempotency-Key';

/** Undefined where the operation takes no key, none was sent, or nobody is signed in. */
export function keyOf({ operation, parameters, principal }: Exchange<Caller>): KeyName | undefined {
  const key = parameters?.header[keyHeader];
  if (operation.extensions['x-idempotent'] !== true || typeof key !== 'string' || !principal)
    return undefined;
  return { user_id: principal.user.id, operation: operation.id, key };
}

/** SHA-256 of everything that decides what is done. The order of properties does not. */
export function requestHash({ method, path, queryString, parameters, body }: Exchange<Caller>): Buffer {
  // Of the headers only those that the operation declares; the key itself is how both are known to be the same.
  const headers = { ...parameters?.header, [keyHeader]: undefined };
  const request = JSON.stringify([method, path, queryString, headers, body?.value], inOrder);
  return createHash('sha256').update(request).digest();
}

/** Lists stay as they are: their order means something. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
