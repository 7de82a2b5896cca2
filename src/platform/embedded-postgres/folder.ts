// What lies in the folder of an embedded PostgreSQL.
import { access, constants, mkdir, open, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { folderError } from './failure.ts';

export const clusterFolder = (folder: string) => join(folder, 'cluster');
export const logFile = (folder: string) => join(folder, 'postgres.log');
export const exists = (path: string) => stat(path).then(Boolean, () => false);

/** Makes the folder, proves that it can be written, and returns its real path. */
export async function makeFolder(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  if (await exists(join(path, 'PG_VERSION'))) {
    throw new Error(
      `${path} is the inside of a PostgreSQL cluster. Choose a folder of its own for this one.`,
    );
  }
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
    await (await open(logFile(path), 'a', 0o600)).close();
    return await realpath(path);
  } catch (cause) {
    throw folderError(path, cause);
  }
}
