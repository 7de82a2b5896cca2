import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fromRoot } from '../generate/paths.ts';

const STOP_LIMIT_MS = 15_000;
/** Its last words may arrive after its end. */
const LAST_WORDS_MS = 200;
const LOW_PRIORITY = 10;

export interface Server {
  /** When it says that it serves. Never, if it ends before. */
  ready: Promise<void>;
  exit: Promise<ServerEnd>;
  stop: () => Promise<ServerEnd>;
}

export interface ServerEnd {
  /** Its exit code; 1 when a signal ended it. */
  code: number;
  /** It refused to serve this contract with this code, and has said why. */
  isContractFault: boolean;
}

export function startServer(): Server {
  // In a process group of its own: Ctrl-C is ours to pass on, once. The channel tells it when we are gone.
  const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
    cwd: fromRoot('.'),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    detached: true,
  });
  let isContractFault = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    isContractFault ||= chunk.includes('The contract cannot be served');
    process.stderr.write(chunk);
  });
  const exit = exitOf(child).then(async (code) => {
    if (code !== 0) await delay(LAST_WORDS_MS);
    return { code, isContractFault };
  });
  return {
    ready: new Promise((resolve) => child.on('message', (message) => message === 'ready' && resolve())),
    exit,
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      return exit.finally(() => clearTimeout(force));
    },
  };
}

/** Writes generated/ anew; resolves with the exit code. The report goes to the terminal. */
export function regenerate(): Promise<number> {
  return exitOf(spawn(process.execPath, ['scripts/generate.ts'], { cwd: fromRoot('.'), stdio: 'inherit' }));
}

export interface RunOptions {
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** For its standard input. */
  readonly input?: string;
  /** Somebody waits for it; otherwise everything else goes first. */
  readonly isUrgent?: boolean;
}

/** Runs Node and keeps what it prints. */
export async function runQuietly(args: readonly string[], { signal, input, isUrgent }: RunOptions = {}) {
  const child = spawn(process.execPath, args, { cwd: fromRoot('.'), ...(signal && { signal }) });
  if (!isUrgent && child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
  child.stdin.on('error', () => undefined).end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number>((resolve) => {
    child.on('close', (status) => resolve(status ?? 1));
    child.on('error', () => resolve(1));
  });
  return { code, output };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? 1));
    child.on('error', () => resolve(1));
  });
}
