// A program with its arguments and the user it runs as.
import { spawn } from 'node:child_process';

export interface Command {
  file: string;
  args: string[];
  /** Absent: the user of this process. */
  uid?: number;
  gid?: number;
  env: Record<string, string>;
}

/** What a finished program left behind; `code` is null when a signal or a missing file ended it. */
export interface Outcome {
  code: number | null;
  /** Standard output and standard error, in the order of arrival. */
  output: string;
}

/** Runs a command to its end. Never rejects: a program that cannot be started is an outcome too. */
export function run({ file, args, ...options }: Command): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
