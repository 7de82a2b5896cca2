/** Whom an audited request is about, as far as the request itself says it. */
import type { Exchange } from '#contract';

export interface Caller {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
}

/** Ids of the users whom the request names; its caller where it is for the caller's own account. */
export function addressedUsers({
  operation,
  pathParams,
  parameters,
  principal,
}: Exchange<Caller>): readonly number[] {
  const { user_id: inPath } = pathParams;
  // Read from the path as it was sent: a request may be refused before its parameters are looked at.
  if (inPath !== undefined) return /^[1-9]\d{0,9}$/.test(inPath) ? [Number(inPath)] : [];
  const { user_ids: listed, owner_id: owner } = parameters?.query ?? {};
  if (Array.isArray(listed)) return [...new Set(listed.filter(isNumber))];
  if (isNumber(owner)) return [owner];
  return operation.extensions['x-access'] === 'self' && principal ? [principal.user.id] : [];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** `user:3`, `users:2,3`, `item:7` where no user is named, or null for nobody in particular. */
export function targetOf(
  users: readonly number[],
  { pathParams }: Pick<Exchange, 'pathParams'>,
): string | null {
  if (users.length === 0) return addressedThing(pathParams);
  return users.length === 1 ? `user:${users.join()}` : `users:${users.join()}`;
}

/** By the last parameter of the path: `item_id` names an item. As sent, so only what looks like an id. */
function addressedThing(pathParams: Exchange['pathParams']): string | null {
  const [name, id] = Object.entries(pathParams).at(-1) ?? [];
  const [, kind] = /^(?!user_id$)([a-z_]{1,40})_id$/.exec(name ?? '') ?? [];
  return kind !== undefined && id !== undefined && /^[\da-f-]{1,36}$/.test(id) ? `${kind}:${id}` : null;
}

/** The address with which somebody wants to sign in: `email` in JSON, `username` in the form of OAuth2. */
export function signInAddress({ operation, body }: Exchange<Caller>): string | undefined {
  if (operation.security.length > 0) return undefined;
  const { email, username } = fieldsOf(body?.value);
  const address = email ?? username;
  return typeof address === 'string' ? address : undefined;
}

/** What a request makes of somebody's rights; null when they are no matter. */
export function changedRights({ body }: Exchange<Caller>): Record<string, boolean> | null {
  const changes = Object.entries(fieldsOf(body?.value)).filter(isRight);
  return changes.length > 0 ? Object.fromEntries(changes) : null;
}

function isRight(field: [string, unknown]): field is [string, boolean] {
  const [name, value] = field;
  return (name === 'is_active' || name === 'is_superuser') && typeof value === 'boolean';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
