/** A peer: a server in a process of its own, on a free port of loopback. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopWithThisProcess } from '../../src/platform/embedded-postgres/watchdog.ts';

export interface PeerProgram {
  readonly name: string;
  readonly command: string;
  /** `{port}` stands for the port it is to listen on, which is also in PORT. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it needs many requests to come to speed, as Node does. */
  readonly compilesAsItRuns: boolean;
}

export interface Peer extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its first reply. */
  readonly startMs: number;
  readonly compilesAsItRuns: boolean;
}

export interface PeerSettings {
  readonly databaseUrl: string;
  readonly secretKey: string;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

export interface PeerStart {
  readonly program: PeerProgram;
  readonly settings: PeerSettings;
}

/** Resolves when it answers; rejects with what it printed when it ends instead. */
export async function startPeer({ program, settings }: PeerStart): Promise<Peer> {
  const { name, compilesAsItRuns } = program;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = launch(program, settings, port);
  const ended = closeOf(child);
  // Whatever becomes of this process: `kill -9` runs no `finally`.
  const callOff = child.pid === undefined ? () => undefined : stopWithThisProcess(child.pid);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-4_000)));
  const stop = async () => {
    if (!isOver()) child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended.finally(() => clearTimeout(late));
    callOff();
  };
  try {
    await answers(url, isOver);
  } catch (cause) {
    await stop();
    throw new Error(`${name} does not answer:\n${printed}`, { cause });
  }
  const startMs = performance.now() - startedAt;
  return { name, url, pid: child.pid ?? 0, startMs, compilesAsItRuns, [Symbol.asyncDispose]: stop };
}

/** Gives `use` all of them, started one after the other, and stops them afterwards. */
export async function withPeers<T>(
  starts: readonly PeerStart[],
  use: (peers: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const peers: Peer[] = [];
  try {
    for (const start of starts) peers.push(await startPeer(start));
    return await use(peers);
  } finally {
    await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
  }
}

function launch(
  { command, args, cwd, env }: PeerProgram,
  { databaseUrl, secretKey, signal }: PeerSettings,
  port: number,
) {
  const child = spawn(
    command,
    args.map((argument) => argument.replace('{port}', String(port))),
    {
      cwd,
      signal,
      // What it logs is written, and thrown away by the system: the same for all.
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        SECRET_KEY: secretKey,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...env,
      },
    },
  );
  // A program that cannot be started at all, or is aborted: `close` comes as well.
  child.on('error', () => undefined);
  return child;
}

/** The end of a process; unlike `once` it is not ended by the error that an abort gives. */
export function closeOf(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) => child.once('close', () => resolve(undefined)));
}

async function answers(url: string, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const reply = await fetch(`${url}/api/v1/nothing`).catch(() => undefined);
    await reply?.arrayBuffer();
    if (reply) return;
    if (isOver()) throw new Error('It ended.');
    if (performance.now() > deadline) throw new Error('Nothing came for 30 s.');
    await sleep(5);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
