/** Stand-ins for what exists only while the server runs; without them nearly every request would be a 404 or a 401. */
import type { Node } from './contract.ts';
import type { Member } from './crew.ts';
import { creations, password } from './crew.ts';

const byName: Readonly<Record<string, (member: Member) => unknown>> = {
  ...Object.fromEntries(creations.map(({ parameter }) => [parameter, ({ ids }: Member) => ids[parameter]])),
  user_id: ({ userId }) => userId,
  owner_id: ({ userId }) => userId,
  email: ({ email }) => email,
  username: ({ email }) => email,
  password: () => password,
  current_password: () => password,
  refresh_token: ({ refreshToken }) => refreshToken,
};

/** Whose values are as good as those of anybody when it is to be told whether they fit. */
export const anybody: Member = {
  userId: 1,
  ids: Object.fromEntries(creations.map(({ parameter, schema }) => [parameter, anyId(schema)])),
  email: 'ada@example.com',
  accessToken: 'a',
  refreshToken: 'a',
};

function anyId({ format }: Node): string | number {
  return format === 'uuid' ? '00000000-0000-4000-8000-000000000000' : 1;
}

/** The stand-in for a parameter or property of this name, if there is one. */
export function knownValue(name: string): string | undefined {
  return Object.hasOwn(byName, name) ? `{{${name}}}` : undefined;
}

/** The same value with every stand-in replaced by what the member has. */
export function withKnownValues(value: unknown, member: Member): unknown {
  if (typeof value === 'string') {
    const name = /^\{\{(\w+)\}\}$/.exec(value)?.[1] ?? '';
    return Object.hasOwn(byName, name) ? byName[name]?.(member) : value;
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => withKnownValues(entry, member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withKnownValues(entry, member)]),
  );
}
