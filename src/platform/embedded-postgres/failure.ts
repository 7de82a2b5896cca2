// Turns what went wrong with files and folders into a sentence that says what to do.
import { statfs } from 'node:fs/promises';
import { ownName } from './account.ts';

const FULL_DISK_BYTES = 32 * 1024 * 1024;

/** The `code` of a system error such as ENOENT; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: under Jest the errors of Node's own modules come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** An error for a file or folder that cannot be used, in words a person can act on. */
export function folderError(path: string, cause: unknown): Error {
  const user = ownName() ?? process.getuid?.();
  const forbidden = `user ${user} may not use it. Change its owner or choose another folder.`;
  const advice = {
    EACCES: forbidden,
    EPERM: forbidden,
    EROFS: 'its file system is read-only. Choose another folder.',
    ENOENT: 'it cannot be made there. Choose another folder.', // what mkdir reports on a read-only disk
    ENOSPC: 'the disk is full. Free some space and start again.',
    ENOTDIR: 'a part of its path is a file, not a folder. Choose another folder.',
    EEXIST: 'it is a file, not a folder. Choose another folder.',
  }[errorCode(cause) ?? ''];
  return new Error(`Cannot keep PostgreSQL's data in ${path}: ${advice ?? String(cause)}`, { cause });
}

/** Whether the disk below `path` is full, as no log file on that very disk can tell. */
export async function diskIsFull(path: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize < FULL_DISK_BYTES;
}
