/** A Python with the packages of FastAPI's peer, in a venv under .data/bench/. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromRoot } from '../generate/paths.ts';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('peers/fastapi/requirements.txt', import.meta.url));
const venv = fromRoot('.data/bench/python');
const python = `${venv}/bin/python`;
/** Written last: what it was installed from. */
const installed = `${venv}/requirements.txt`;

/** The path of the program; undefined where python3, its venv or the packages cannot be had. */
export async function findPython(signal: AbortSignal): Promise<string | undefined> {
  const wanted = await readFile(requirements, 'utf8');
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === wanted) return python;
  try {
    await rm(venv, { recursive: true, force: true });
    await mkdir(fromRoot('.data/bench'), { recursive: true });
    await run('python3', ['-m', 'venv', venv], { signal });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await run(python, install, { signal });
    await writeFile(installed, wanted);
    return python;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
