// The running server of a cluster, as its file postmaster.pid tells. PostgreSQL itself lets no second
// server start on the same files, so processes that start at the same moment need no lock of ours.
import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './command.ts';
import { errorCode } from './failure.ts';

export interface Postmaster {
  pid: number;
  port: number;
  status: 'starting' | 'ready' | 'stopping';
}

const POLL_MS = 20;
const FAST_SHUTDOWN_MS = 15_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;
const EMPTY_FILE_GRACE_MS = 5_000;

const pidFile = (cluster: string) => join(cluster, 'postmaster.pid');

/** The live server of this very cluster; undefined when there is none, whatever a stale file says. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const lines = (await readPidFile(cluster)).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!isAlive(pid) || !(await servesCluster(pid, cluster))) return undefined;
  const word = lines[7]?.trim();
  return { pid, port, status: word === 'ready' || word === 'stopping' ? word : 'starting' };
}

/**
 * Removes a postmaster.pid whose process id now belongs to another program, which would make PostgreSQL
 * refuse to start. One whose process is gone stays: PostgreSQL needs it to find surviving children.
 */
export async function removeMisleadingPidFile(cluster: string): Promise<void> {
  const contents = await readPidFile(cluster);
  const pid = Number(contents.split('\n')[0]);
  const misleading = contents === '' ? await isOldEmptyFile(cluster) : isAlive(pid);
  if (!misleading || (await findPostmaster(cluster))) return;
  if ((await readPidFile(cluster)) === contents) await rm(pidFile(cluster), { force: true });
}

/** Fast shutdown: sessions are ended, committed data is on disk. Immediate if that takes too long. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  const server = { cluster, pid };
  if (await endsBy('SIGINT', FAST_SHUTDOWN_MS, server)) return;
  if (await endsBy('SIGQUIT', IMMEDIATE_SHUTDOWN_MS, server)) return;
  throw new Error(`PostgreSQL (process ${pid}) does not stop. End it with: kill -9 ${pid}`);
}

interface ClusterProcess {
  cluster: string;
  pid: number;
}

async function endsBy(signal: NodeJS.Signals, patienceMs: number, { cluster, pid }: ClusterProcess) {
  const runs = async () => (await findPostmaster(cluster))?.pid === pid;
  if (!(await runs())) return true;
  signalProcess(pid, signal);
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(POLL_MS)) {
    if (!(await runs())) return true;
  }
  return false;
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if (errorCode(cause) === 'ESRCH') return; // it has just ended
    throw new Error(`PostgreSQL (process ${pid}) belongs to another user, who has to stop it.`, { cause });
  }
}

/** Whether a process has this id; one of another user counts. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** A server works in the folder of its cluster. Where that cannot be seen its arguments must do. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const env = { PATH: '/bin:/usr/bin' };
    const { output } = await run({ file: 'ps', args: ['-ww', '-p', String(pid), '-o', 'command='], env });
    return output.includes(cluster);
  }
  const folder = await readlink(`/proc/${pid}/cwd`).catch(errorCode);
  if (folder !== 'EACCES' && folder !== 'EPERM') return folder === cluster;
  const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return args.split('\0').includes(cluster);
}

async function readPidFile(cluster: string): Promise<string> {
  return readFile(pidFile(cluster), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
}

/** A server that is just starting fills its file at once; a power cut may leave it empty for good. */
async function isOldEmptyFile(cluster: string): Promise<boolean> {
  const file = await stat(pidFile(cluster)).catch(() => undefined);
  return file !== undefined && file.size === 0 && Date.now() - file.mtimeMs > EMPTY_FILE_GRACE_MS;
}
