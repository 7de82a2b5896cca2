// Folders in which a cluster is being made. One that a killed process left half-made is removed.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './postmaster.ts';

const PREFIX = 'initialising-';
const DRAFT_LIFETIME_MS = 5 * 60_000;
// Tells our drafts from those of a killed process that had the same id, as happens in containers.
const draftPrefix = `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}-`;

/** Makes an empty folder below `folder` for work in progress. */
export const makeDraft = (folder: string) => mkdtemp(join(folder, draftPrefix));

/** Removes what processes that are gone left half-made. */
export async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(PREFIX) && (await isAbandoned(folder, name))) await removeDraft(join(folder, name));
  }
}

async function isAbandoned(folder: string, name: string): Promise<boolean> {
  if (name.startsWith(draftPrefix)) return false;
  const maker = Number(name.slice(PREFIX.length).split('-')[0]);
  if (maker === process.pid || !isAlive(maker)) return true;
  const made = await stat(join(folder, name)).catch(() => undefined);
  return made === undefined || Date.now() - made.mtimeMs > DRAFT_LIFETIME_MS;
}

/** Removes a draft; retries because an initdb whose launcher was killed may still be writing there. */
export function removeDraft(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
