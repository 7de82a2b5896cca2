// Starts the server process and waits until it is ready, adopting one that already runs.
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Durability } from './cluster.ts';
import { diskIsFull } from './failure.ts';
import { clusterFolder, logFile } from './folder.ts';
import { program, type Host } from './host.ts';
import { findPostmaster, removeMisleadingPidFile, type Postmaster } from './postmaster.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const LOG_LIMIT_BYTES = 1024 * 1024;

export interface LaunchOptions {
  durability: Durability;
  port?: number | undefined;
}

/** A server, and whether it already ran when it was asked for. */
export type FoundOrStarted = Postmaster & { found: boolean };

/** Resolves with the ready server of the cluster. */
export async function bringUp(host: Host, options: LaunchOptions): Promise<FoundOrStarted> {
  const cluster = clusterFolder(host.folder);
  let launched: Launched | undefined;
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const server = await findPostmaster(cluster);
    if (server?.status === 'ready') return { ...server, found: server.pid !== launched?.pid };
    if (launched?.hasEnded()) {
      await requirePassingTrouble(host, launched, options);
      launched = undefined;
    }
    if (!server && !launched) launched = await launch(host, options);
  }
  // It is left to go on: after a crash it may have much to recover, and a later start adopts it.
  throw await startError(host, `is not ready after ${START_TIMEOUT_MS / 1000} s`, launched?.logStart ?? 0);
}

interface Launched {
  pid: number;
  logStart: number;
  hasEnded: () => boolean;
}

async function launch(host: Host, { durability, port }: LaunchOptions): Promise<Launched> {
  const cluster = clusterFolder(host.folder);
  await removeMisleadingPidFile(cluster);
  const settings = {
    ...common,
    ...(durability === 'disposable' ? disposable : {}),
    port: port ?? (await freePort()),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, ...options } = program(host, 'postgres', ['-D', cluster, ...flags]);
  const log = await openLog(logFile(host.folder));
  // A session of its own: Ctrl-C in the terminal must not end the server before we have let go of it.
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd] });
  child.unref();
  let ended = false;
  child.once('error', () => (ended = true)).once('exit', () => (ended = true));
  await log.close();
  return { pid: child.pid ?? 0, logStart: log.size, hasEnded: () => ended };
}

const common = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};
const disposable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

async function openLog(path: string) {
  const log = await open(path, 'a', 0o600);
  if ((await log.stat()).size > LOG_LIMIT_BYTES) await log.truncate();
  const { size } = await log.stat();
  return { fd: log.fd, size, close: () => log.close() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Throws unless another try can succeed: another launcher was faster, or something must still end. */
async function requirePassingTrouble(
  host: Host,
  { logStart }: Launched,
  { port }: LaunchOptions,
): Promise<void> {
  const log = await readLog(host.folder, logStart);
  const portTaken = log.includes('could not create any TCP/IP sockets');
  if (portTaken && port !== undefined) {
    throw new Error(`PostgreSQL cannot listen on 127.0.0.1:${port}: the port is taken. Choose another one.`);
  }
  const fileTaken = /lock file "postmaster.pid" (already exists|is empty)/.test(log);
  const childrenLinger = log.includes('pre-existing shared memory block');
  if (!portTaken && !fileTaken && !childrenLinger) throw await startError(host, 'did not start', logStart);
  await sleep(100);
}

async function startError(host: Host, what: string, logStart: number): Promise<Error> {
  if (await diskIsFull(host.folder)) {
    return new Error(
      `PostgreSQL ${what}: the disk of ${host.folder} is full. Free some space and start again.`,
    );
  }
  const lines = (await readLog(host.folder, logStart)).trim().split('\n').slice(-5);
  return new Error(`PostgreSQL ${what}. The end of ${logFile(host.folder)}:\n${lines.join('\n')}`);
}

async function readLog(folder: string, from: number): Promise<string> {
  return (await readFile(logFile(folder))).subarray(from).toString();
}
