// `make check`: everything that can be verified without running the server. A failing check does not stop the others.
import { spawn } from 'node:child_process';
import { fromRoot } from './generate/paths.ts';

const CHECKS: Record<string, string[]> = {
  format: ['prettier', '--check', '--log-level=warn', '.'],
  'lint and layers': ['eslint', '--max-warnings=0', '.'],
  types: ['tsc', '--noEmit'],
  contract: ['node', 'scripts/lint-contract.ts'],
  'generated files': ['node', 'scripts/check-generated.ts'],
};

const failed: string[] = [];
await Promise.all(Object.entries(CHECKS).map(([name, command]) => check(name, command)));
if (failed.length > 0) {
  console.error(`\nmake check: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log('\nmake check: all passed');
}

/** Output is kept and printed in one piece: the checks run side by side. */
async function check(name: string, command: string[]): Promise<void> {
  const { code, output, seconds } = await run(command);
  const verdict = code === 0 ? 'passed' : `FAILED: ${command.join(' ')}`;
  console.log(`[${name}] ${verdict} (${seconds} s)`);
  if (code === 0) return;
  failed.push(name);
  console.log(output);
}

async function run([program = '', ...args]: string[]) {
  const started = Date.now();
  const child = spawn(program, args, {
    cwd: fromRoot('.'),
    env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number>((resolve) =>
    child.on('close', (status) => resolve(status ?? 1)).on('error', () => resolve(1)),
  );
  return { code, output, seconds: ((Date.now() - started) / 1000).toFixed(1) };
}
