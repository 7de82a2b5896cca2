// The files of a cluster: made once and completely, or not at all.
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { diskIsFull, errorCode, folderError } from './failure.ts';
import { makeDraft, removeAbandonedDrafts, removeDraft } from './draft.ts';
import { clusterFolder, exists } from './folder.ts';
import { handOver, program, type Host } from './host.ts';
import { findPostmaster } from './postmaster.ts';

export const SUPERUSER = 'accord';
export type Durability = 'durable' | 'disposable';

const passwordFile = (cluster: string) => join(cluster, 'accord.password');

/** Initialises the cluster unless it is there, and returns the password of its superuser. */
export async function ensureCluster(
  host: Host,
  durability: Durability,
  onNotice: (message: string) => void,
): Promise<string> {
  const cluster = clusterFolder(host.folder);
  await removeAbandonedDrafts(host.folder);
  if (!(await exists(cluster))) {
    onNotice(`Initialising a new PostgreSQL cluster in ${host.folder}.`);
    await initialise(host, cluster, durability);
  }
  await requireVersion(cluster, host.major);
  if (!(await findPostmaster(cluster))) await handOver(cluster, host); // never under a running server
  return readFile(passwordFile(cluster), 'utf8').catch((cause: unknown) => {
    throw new Error(`${cluster} was not made here: it has no accord.password. Move it away.`, { cause });
  });
}

async function requireVersion(cluster: string, major: string): Promise<void> {
  const version = await versionOf(cluster);
  if (!version) throw new Error(`${cluster} is not a PostgreSQL cluster. Move it away and start again.`);
  if (version === major) return;
  const advice = `Move ${cluster} away to start afresh, or copy its data with pg_dump of version ${version}.`;
  throw new Error(
    `The data in ${cluster} is of PostgreSQL ${version}, this is PostgreSQL ${major}. ${advice}`,
  );
}

async function versionOf(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw folderError(cluster, error);
  }
}

/** Works in a draft folder that becomes the cluster by one rename: a crash leaves only a draft. */
async function initialise(host: Host, cluster: string, durability: Durability): Promise<void> {
  const draft = await makeDraft(host.folder).catch((cause: unknown) => {
    throw folderError(host.folder, cause);
  });
  try {
    await writeFile(join(draft, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
    await handOver(draft, host);
    await initdb(host, draft, durability);
    await rename(join(draft, 'password'), passwordFile(join(draft, 'cluster')));
    await rename(join(draft, 'cluster'), cluster).catch(ignoreFasterProcess);
  } catch (cause) {
    throw errorCode(cause) ? folderError(host.folder, cause) : cause;
  } finally {
    await removeDraft(draft);
  }
}

async function initdb(host: Host, draft: string, durability: Durability): Promise<void> {
  const { code, output } = await run(
    program(host, 'initdb', [
      `--pgdata=${join(draft, 'cluster')}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${join(draft, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The server's own C.UTF-8: lower() knows all of Unicode and no locale of the machine is needed.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durability === 'disposable' ? ['--no-sync'] : []),
    ]),
  );
  if (code === 0) return;
  const full = output.includes('No space left') || (await diskIsFull(host.folder));
  const reason = full
    ? 'the disk is full. Free some space and start again.'
    : output
        .split('\n')
        .filter((line) => /error|fatal|panic|hint|killed/i.test(line))
        .join('\n');
  throw new Error(`Cannot initialise PostgreSQL in ${host.folder}: ${reason}`);
}

function ignoreFasterProcess(error: unknown): void {
  if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
}
