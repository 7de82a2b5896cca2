/** Files in a folder of this machine, or of a disk that several machines share. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkedFileId, isFileId } from './file-id.ts';
import { StorageFull, StorageUnavailable } from './storage.ts';
import type { Storage, StoredBytes } from './storage.ts';

/** What is not all there yet; never read from. */
const drafts = 'incoming';

/** Keeps each file under its id, in one of 256 folders so that none grows too long. The folder is made on first use. */
export function createLocalStorage(folder: string): Storage {
  const shardOf = (id: string) => path.join(folder, checkedFileId(id).slice(0, 2));
  const placeOf = (id: string) => path.join(shardOf(id), id);
  const draftOf = (id: string) => path.join(folder, drafts, checkedFileId(id));
  const remove = async (id: string) => {
    await rm(draftOf(id), { force: true });
    await rm(placeOf(id), { force: true });
  };

  return {
    async write(id, bytes) {
      try {
        await mkdir(path.join(folder, drafts), { recursive: true, mode: 0o700 });
        await pipeline(bytes, createWriteStream(draftOf(id), { flags: 'wx', mode: 0o600, flush: true }));
        await move(draftOf(id), placeOf(id));
      } catch (error) {
        // What cannot be removed now is found by whoever lists what nobody knows.
        await remove(id).catch(() => undefined);
        throw storageFault(error);
      }
    },

    async read(id, range) {
      try {
        return (await open(placeOf(id), 'r')).createReadStream(range);
      } catch (error) {
        throw storageFault(error);
      }
    },

    async remove(id) {
      await remove(id).catch((error: unknown) => {
        throw storageFault(error);
      });
    },

    async *list() {
      for (const name of await foldersIn(folder)) yield* filesIn(path.join(folder, name));
    },
  };
}

/** A name outlives a crash only when its folder has been written, too. */
async function move(draft: string, place: string): Promise<void> {
  const shard = path.dirname(place);
  const made = await mkdir(shard, { recursive: true, mode: 0o700 });
  await rename(draft, place);
  await syncFolder(shard);
  if (made !== undefined) await syncFolder(path.dirname(shard));
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Folders cannot be opened there.
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(noneWhereMissing);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function* filesIn(folder: string): AsyncGenerator<StoredBytes> {
  for await (const { name } of await opendir(folder)) {
    // It may be gone by now.
    const found = isFileId(name) ? await stat(path.join(folder, name)).catch(() => undefined) : undefined;
    if (found) yield { id: name, changedAt: found.mtime };
  }
}

function noneWhereMissing(error: unknown): [] {
  if (codeOf(error) === 'ENOENT') return [];
  throw storageFault(error);
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What the system says, in words of the store; anything else is the failure of the bytes, handed on as it is. */
function storageFault(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  return full.has(code)
    ? new StorageFull(`The folder has no room left (${code}).`, { cause: error })
    : new StorageUnavailable(`The folder cannot be used (${code}).`, { cause: error });
}

/** Of a call that the file system refused. */
function codeOf(error: unknown): string | undefined {
  if (!Error.isError(error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
