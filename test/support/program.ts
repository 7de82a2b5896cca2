/** The program itself as a process of its own, as an operator starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /** How it ended, with everything that it wrote. */
  readonly ended: Promise<Ended>;
  /** All that it printed once this is in it; rejects when it ends before. */
  printed(pattern: RegExp): Promise<string>;
  /** The address that it logs in production. */
  url(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const running = new Set<Program>();

/** Starts `node src/main.ts` of a checkout, with these arguments and no environment but this. */
export function launch(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  checkout = '.',
): Program {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    cwd: checkout,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  const program: Program = {
    ended,
    kill: (signal) => child.kill(signal),
    async url() {
      const address = /"url":"([^"]+)"/;
      return address.exec(await program.printed(address))?.[1] ?? '';
    },
    async printed(pattern) {
      for (;;) {
        if (pattern.test(stdout)) return stdout;
        const end = await Promise.race([once(child.stdout, 'data').then(() => undefined), ended]);
        if (end) throw new Error(`It ended before it served:\n${end.stderr}`);
      }
    },
  };
  running.add(program);
  void ended.then(() => running.delete(program));
  return program;
}

/** Ends what a failed test left running. */
export async function endPrograms(): Promise<void> {
  for (const program of running) {
    program.kill('SIGKILL');
    await program.ended;
  }
}
