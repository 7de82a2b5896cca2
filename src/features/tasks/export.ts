import { createHash, randomUUID } from 'node:crypto';
import type { Trx } from '#platform/database/database.ts';
import { insertFiles, lockOwner, usedBytes } from '../files/queries.ts';
import { csvLine } from './cells.ts';
import { countOwnItems, itemsAfter } from './item-queries.ts';
import { TaskFailure, TaskOver } from './run.ts';
import type { TaskNeeds, TaskRun } from './run.ts';

const batch = 1_000;

/** What is known of a file when it has been written. */
interface Written {
  readonly hash: ReturnType<typeof createHash>;
  size: number;
  rows: number;
}

/** All items of the task's owner into a file, which is theirs when the task has succeeded, and not before. */
export async function exportItems(needs: TaskNeeds, run: TaskRun): Promise<void> {
  const { storage } = needs;
  const id = randomUUID();
  const written: Written = { hash: createHash('sha256'), size: 0, rows: 0 };
  try {
    await storage.write(id, itemLines(needs, run, written));
    const file = { id, size: written.size, sha256: written.hash.digest('hex') };
    await run.finish(async (trx) => {
      await keepFile(trx, needs, { ...file, ownerId: run.ownerId });
      return { file_id: id, rows: written.rows };
    });
  } catch (error) {
    // After any other failure nobody knows whether the file is kept: what is not is swept some day.
    if (error instanceof TaskOver || error instanceof TaskFailure) await storage.remove(id);
    throw error;
  }
}

/** The header, then a batch at a time. */
async function* itemLines(
  { db, quotaBytes }: TaskNeeds,
  run: TaskRun,
  written: Written,
): AsyncGenerator<Buffer> {
  const { ownerId } = run;
  const total = await countOwnItems(db, ownerId);
  const left = quotaBytes - (await usedBytes(db, ownerId));
  const taken = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    written.hash.update(bytes);
    written.size += bytes.length;
    if (written.size > left) throw overQuota(quotaBytes);
    return bytes;
  };
  yield taken(csvLine(['title', 'description']));
  for await (const items of batchesOf(db, ownerId)) {
    yield taken(items.map(({ title, description }) => csvLine([title, description])).join(''));
    written.rows += items.length;
    await run.progress(written.rows / total);
  }
}

async function* batchesOf(db: TaskNeeds['db'], ownerId: number) {
  for (let after = 0; ;) {
    const items = await itemsAfter(db, ownerId, { after, most: batch });
    const last = items.at(-1);
    if (!last) return;
    yield items;
    after = last.id;
  }
}

interface NewFile {
  readonly id: string;
  readonly ownerId: number;
  readonly size: number;
  readonly sha256: string;
}

async function keepFile(
  trx: Trx,
  { clock, quotaBytes }: TaskNeeds,
  { ownerId, ...file }: NewFile,
): Promise<void> {
  if (!(await lockOwner(trx, ownerId))) throw new TaskOver();
  if ((await usedBytes(trx, ownerId)) + file.size > quotaBytes) throw overQuota(quotaBytes);
  const created_at = clock.now().toISOString();
  const filename = `items-${created_at.slice(0, 10)}.csv`;
  await insertFiles(trx, [{ ...file, owner_id: ownerId, filename, content_type: 'text/csv', created_at }]);
}

function overQuota(quotaBytes: number): TaskFailure {
  return new TaskFailure(
    `There is no room for the file: your files may be ${quotaBytes} bytes long together.`,
  );
}
