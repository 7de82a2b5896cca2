// The users of this machine, as far as PostgreSQL's programs ask for them.
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';

export interface Account {
  name: string;
  uid: number;
  gid: number;
}

export const isRoot = () => process.getuid?.() === 0;

/** The name of this process's user; undefined for an id that the machine does not know. */
export function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** The account with this id, unless it is root or unknown. */
export async function accountOf(uid: number): Promise<Account | undefined> {
  return (await accounts()).find((account) => account.uid === uid);
}

/** An account other than root, a service account where there is one. It has a name, for initdb looks it up. */
export async function serviceAccount(): Promise<Account> {
  const known = await accounts();
  const account = known.find(named('postgres')) ?? known.find(named('nobody')) ?? known[0];
  if (account) return account;
  throw new Error('PostgreSQL refuses to run as root, and this machine has no other user. Add one.');
}

const named = (name: string) => (account: Account) => account.name === name;

async function accounts(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  return lines
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
}
