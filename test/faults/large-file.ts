/** Promise: 1 GiB goes up and down through a server whose memory does not grow with it. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uploadMebibytes } from '../support/large-upload.ts';
import { withServed } from '../support/served.ts';
import type { Served } from '../support/served.ts';

const mebibyte = 1_048_576;
const size = 1024;
/** What the server may take beyond what it has after a first small file. */
const mostGrowth = 50 * mebibyte;

const folder = await mkdtemp(path.join(tmpdir(), 'accord-large-file-'));
try {
  await withServed({ UPLOAD_DIR: folder }, prove);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function prove(served: Served): Promise<void> {
  await download(served, idIn((await uploadMebibytes(served, 64)).body));
  const before = await served.residentBytes();
  const up = await watched(served, () => uploadMebibytes(served, size));
  const down = await watched(served, () => download(served, idIn(up.result.body)));
  const isWhole = up.result.status === 201 && down.result === up.result.sha256;
  const growth = Math.max(up.most, down.most) - before;
  const rate = ({ seconds }: { seconds: number }) => `${Math.round(size / seconds)} MiB/s`;
  console.log(
    `large-file: ${size} MiB up at ${rate(up)} and down at ${rate(down)}, ${isWhole ? 'unchanged' : 'BROKEN'}; ` +
      `resident memory ${mebibytes(before)} MiB before, grew by ${mebibytes(growth)} MiB (bound: ${mebibytes(mostGrowth)})`,
  );
  if (!isWhole || growth > mostGrowth) process.exitCode = 1;
}

/** The SHA-256 of what arrives. */
async function download({ api, authorization }: Served, id: string): Promise<string> {
  const reply = await fetch(`${api}/files/${id}/content`, { headers: { Authorization: authorization } });
  const hash = createHash('sha256');
  for await (const chunk of reply.body ?? []) hash.update(chunk);
  return hash.digest('hex');
}

/** Looks at the memory of the server four times a second while `run` runs. */
async function watched<T>({ residentBytes }: Served, run: () => Promise<T>) {
  const start = performance.now();
  let most = 0;
  const look = async () => (most = Math.max(most, await residentBytes()));
  const timer = setInterval(() => void look(), 250);
  const result = await run().finally(() => clearInterval(timer));
  await look();
  return { result, most, seconds: (performance.now() - start) / 1000 };
}

function idIn(body: unknown): string {
  const id = /"id":"([\da-f-]{36})"/.exec(JSON.stringify(body))?.[1];
  if (id === undefined) throw new Error(`No file was kept: ${JSON.stringify(body)}`);
  return id;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / mebibyte);
}
