import { execFile } from 'node:child_process';
import { fromRoot } from '../generate/paths.ts';

const REDOCLY = fromRoot('node_modules/@redocly/cli/bin/cli.js');

export interface Ran {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Redocly's command line tool in `folder`: the files that it names are relative to that. */
export function runRedocly(folder: string, args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, [REDOCLY, ...args], options, (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    );
  });
}
