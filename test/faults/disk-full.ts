/** Promise: on a full disk an upload is a 507 that leaves no row and no part of a file, and the server goes on. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { uploadMebibytes } from '../support/large-upload.ts';
import { withServed } from '../support/served.ts';
import type { Served } from '../support/served.ts';

const run = promisify(execFile);
const diskMebibytes = 16;

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.log('disk-full: SKIPPED, since only root of a Linux can mount a small disk');
} else {
  await proveOnSmallDisk();
}

async function proveOnSmallDisk(): Promise<void> {
  const disk = await mkdtemp(path.join(tmpdir(), 'accord-disk-full-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${diskMebibytes}m`, 'tmpfs', disk]);
  } catch (error) {
    await rm(disk, { recursive: true });
    console.log(
      `disk-full: SKIPPED, since a small disk cannot be mounted here (${String(error).split('\n')[1]})`,
    );
    return;
  }
  try {
    await withServed({ UPLOAD_DIR: disk }, (served) => prove(served, disk));
  } finally {
    await run('umount', [disk]);
    await rm(disk, { recursive: true });
  }
}

async function prove(served: Served, disk: string): Promise<void> {
  const first = await uploadMebibytes(served, diskMebibytes + 8);
  // Together they do not fit, and each would.
  const crowd = await Promise.all([1, 2, 3, 4].map(() => uploadMebibytes(served, 10)));
  const kept = crowd.filter(({ status }) => status === 201).length;
  const [rows, files] = [await rowsIn(served.databaseUrl), await filesIn(disk)];
  const last = await uploadMebibytes(served, 1);
  const statuses = [first, ...crowd].map(({ status }) => status);
  console.log(
    `disk-full: ${diskMebibytes} MiB of disk; uploads of 24, 10, 10, 10, 10 MiB got ${statuses.join(', ')}; ` +
      `${rows} rows and ${files} files for ${kept} that were kept; then 1 MiB got ${last.status}`,
  );
  const isRefused = statuses.every((status) => status === 201 || status === 507) && first.status === 507;
  if (!isRefused || rows !== kept || files !== kept || last.status !== 201) process.exitCode = 1;
}

async function rowsIn(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from files');
  await client.end();
  return rows[0]?.count ?? NaN;
}

async function filesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
