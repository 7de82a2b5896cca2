// PostgreSQL refuses to run as root. This decides as whom it runs, and therefore where its files are.
import { chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { accountOf, isRoot, ownName, serviceAccount, type Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { run, type Command } from './command.ts';
import { copyBinaries, reachableFolder } from './elsewhere.ts';

/** A place where PostgreSQL can run, and as whom. */
export interface Host {
  /** Folder that holds the cluster and its log. */
  folder: string;
  /** Folder of the programs. */
  native: string;
  /** User and group that own the files; absent: those of this process. */
  owner?: { uid: number; gid: number };
  /** Major version of the server, for example 18. */
  major: string;
  /** Makes a command run as the user PostgreSQL runs as. */
  as: (file: string, args: string[]) => Command;
}

type Candidate = Omit<Host, 'major'>;

/** Finds a way to run PostgreSQL over `folder`, and tells `onNotice` when it is an unusual one. */
export async function chooseHost(
  binaries: Binaries,
  folder: string,
  onNotice: (message: string) => void,
): Promise<Host> {
  // Root too may ask for the version: from here on only the user can be what is wrong.
  const asIs = await proved(asOurselves(binaries.native, folder), binaries);
  if (!isRoot() && ownName()) return asIs;
  const owner = isRoot() ? await accountOf((await stat(folder)).uid) : undefined;
  const asOwner = owner && (await probe(asUser(binaries.native, folder, owner)));
  if (asOwner?.host) return asOwner.host; // a folder of somebody else's stays theirs
  const inNamespace = await probe(namespaced(binaries.native, folder, await serviceAccount()));
  if (inNamespace.host) return inNamespace.host;
  if (!isRoot()) throw new Error(`PostgreSQL cannot run as a user without a name: ${inNamespace.problem}`);
  const reason = `PostgreSQL refuses to run as root and cannot run in a user namespace (${inNamespace.problem})`;
  return asServiceAccount(binaries, folder, (consequence) => onNotice(reason + consequence));
}

/** Gives a file or folder to the user that PostgreSQL runs as. */
export async function handOver(path: string, { owner }: Host): Promise<void> {
  if (!owner || (await stat(path)).uid === owner.uid) return;
  const args = ['-R', `${owner.uid}:${owner.gid}`, path];
  const { code, output } = await run({ file: 'chown', args, env: { PATH: searchPath } });
  if (code !== 0) throw new Error(`Cannot change the owner of ${path}: ${output}`);
}

/** The command that runs one of PostgreSQL's programs. */
export function program(host: Candidate, name: 'initdb' | 'postgres', args: string[]): Command {
  return host.as(join(host.native, 'bin', name), args);
}

async function asServiceAccount(
  binaries: Binaries,
  folder: string,
  onFallback: (consequence: string) => void,
): Promise<Host> {
  const [account, before] = [await serviceAccount(), await stat(folder)];
  await chown(folder, account.uid, account.gid);
  const { host } = await probe(asUser(binaries.native, folder, account));
  if (host) {
    onFallback(`: it runs as user ${account.name}, who now owns ${folder}.`);
    return host;
  }
  await chown(folder, before.uid, before.gid);
  const elsewhere = await reachableFolder(folder, account);
  onFallback(`, and user ${account.name} cannot reach ${folder}: its data is in ${elsewhere}.`);
  return proved(asUser(await copyBinaries(binaries, elsewhere), elsewhere, account), binaries);
}

const searchPath = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

// Nothing is inherited: a PGPORT or PGDATA of the surroundings would change what the programs do.
const env = (native: string) => ({
  PATH: searchPath,
  LC_ALL: 'C',
  TZ: 'UTC',
  LD_LIBRARY_PATH: join(native, 'lib'),
});

function asOurselves(native: string, folder: string): Candidate {
  return { folder, native, as: (file, args) => ({ file, args, env: env(native) }) };
}

function asUser(native: string, folder: string, { uid, gid }: Account): Candidate {
  const as = (file: string, args: string[]) => ({ file, args, uid, gid, env: env(native) });
  return { folder, native, owner: { uid, gid }, as };
}

/** In a user namespace we go by the name of another account, and the files are still our own. */
function namespaced(native: string, folder: string, account: Account): Candidate {
  const mapping = ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`];
  const as = (file: string, args: string[]) => ({
    file: 'unshare',
    args: [...mapping, file, ...args],
    env: env(native),
  });
  return { folder, native, ...(isRoot() ? { owner: { uid: 0, gid: 0 } } : {}), as };
}

/** Runs `postgres --version` where the folder is writable: proves user, folder, program and libraries at once. */
async function probe(candidate: Candidate): Promise<{ host?: Host; problem: string }> {
  const script = 'test -w "$1" || { echo "$1 cannot be written"; exit 1; }; exec "$2" --version';
  const postgres = join(candidate.native, 'bin', 'postgres');
  const { output } = await run(candidate.as('/bin/sh', ['-c', script, 'sh', candidate.folder, postgres]));
  const major = /^postgres \(PostgreSQL\) (\d+)/m.exec(output)?.[1];
  return major ? { host: { ...candidate, major }, problem: '' } : { problem: output };
}

async function proved(candidate: Candidate, { packageName }: Binaries): Promise<Host> {
  const { host, problem } = await probe(candidate);
  if (host) return host;
  const advice = `Run: npm rebuild ${packageName}, or set DATABASE_URL to a PostgreSQL server.`;
  throw new Error(`The embedded PostgreSQL cannot run here (${problem}). ${advice}`);
}
