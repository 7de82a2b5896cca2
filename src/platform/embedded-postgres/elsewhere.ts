// A place for programs and data outside a checkout that PostgreSQL's user cannot reach.
import { createHash } from 'node:crypto';
import { chown, cp, lstat, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { makeDraft, removeDraft } from './draft.ts';
import { errorCode } from './failure.ts';
import { exists } from './folder.ts';

/** Makes the folder that stands in for `folder`, always the same one, owned by the account. */
export async function reachableFolder(folder: string, { uid, gid }: Account): Promise<string> {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const path = join('/var/tmp', `accord-postgres-${digest}`);
  await mkdir(path, { mode: 0o755 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  // Anyone can write to /var/tmp: a folder prepared by somebody else must not get our data.
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== uid)) {
    throw new Error(
      `${path} belongs to someone else. Remove it, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  await chown(path, uid, gid);
  return path;
}

/** Copies the programs into the folder, once per version, and returns the folder of the copy. */
export async function copyBinaries({ native, version }: Binaries, folder: string): Promise<string> {
  const copy = join(folder, `native-${version}`);
  if (await exists(copy)) return copy;
  const draft = await makeDraft(folder);
  try {
    await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await rename(join(draft, 'native'), copy);
  } catch (error) {
    if (!(await exists(copy))) throw error; // else another process was faster
  } finally {
    await removeDraft(draft);
  }
  return copy;
}
