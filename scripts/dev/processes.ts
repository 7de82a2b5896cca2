import { type ChildProcess, spawn } from 'node:child_process';
import { fromRoot } from '../generate/paths.ts';

const STOP_LIMIT_MS = 15_000;

export interface Server {
  /** When it says that it serves. Never, if it ends before. */
  ready: Promise<void>;
  /** Its exit code; 1 when a signal ended it. */
  exit: Promise<number>;
  stop: () => Promise<number>;
}

export function startServer(): Server {
  // In a process group of its own: Ctrl-C is ours to pass on, once. The channel tells it when we are gone.
  const child = spawn(process.execPath, ['src/main.ts', 'serve'], {
    cwd: fromRoot('.'),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const exit = exitOf(child);
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

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? 1));
    child.on('error', () => resolve(1));
  });
}
