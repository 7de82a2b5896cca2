// The contract as a revision of git has it, written to a temporary folder.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A comparison that cannot be made; the message says why in one sentence. */
export class DiffError extends Error {
  override readonly name = 'DiffError';
}

export interface Revision {
  /** As it was asked for: `main`, `v1.2`, `HEAD`. */
  readonly name: string;
  readonly commit: string;
}

const DEFAULTS = ['origin/main', 'main', 'HEAD'];
const ENTRY = 'openapi/openapi.yaml';

/** The revision called `name`; if it is empty, the first that there is of origin/main, main and HEAD. */
export async function revisionOf(root: string, name: string): Promise<Revision> {
  for (const candidate of name === '' ? DEFAULTS : [name]) {
    const commit = await commitOf(root, candidate);
    if (commit !== undefined) return { name: candidate, commit };
  }
  if (name !== '')
    throw new DiffError(`There is no revision ${name} here. Name a branch, a tag or a commit.`);
  throw new DiffError('There is nothing to compare with yet: this checkout has no commit.');
}

/** Calls `use` with a folder that holds `openapi/` as it was at `revision`, gone afterwards. */
export async function withRevision<T>(
  root: string,
  revision: Revision,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-diff-'));
  try {
    await writeContract(root, revision, folder);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeContract(root: string, { name, commit }: Revision, folder: string): Promise<void> {
  const listed = await git(root, 'ls-tree', '-r', '-z', '--name-only', commit, '--', 'openapi/');
  const files = listed.split('\0').filter((file) => file !== '');
  if (!files.includes(ENTRY)) throw new DiffError(`The revision ${name} has no ${ENTRY} to compare with.`);
  for (const file of files) {
    const target = path.join(folder, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await git(root, 'show', `${commit}:./${file}`));
  }
}

async function commitOf(root: string, name: string): Promise<string | undefined> {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return (await git(root, ...args)).trim();
  } catch (error) {
    if (error instanceof DiffError) throw error;
    return undefined;
  }
}

async function git(root: string, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', args, { cwd: root, maxBuffer: 2 ** 26 })).stdout;
  } catch (cause) {
    if (!Error.isError(cause)) throw cause;
    if ('code' in cause && cause.code === 'ENOENT')
      throw new DiffError('This needs git, which is not installed here.', { cause });
    if (cause.message.includes('not a git repository'))
      throw new DiffError('This folder is not a checkout of git: there is nothing to compare with.', {
        cause,
      });
    throw cause;
  }
}
