import type { Readable } from 'node:stream';
import type { Trx } from '#platform/database/database.ts';
import type { Schema } from '#api';
import { findFile } from '../files/queries.ts';
import type { FileRow } from '../files/queries.ts';
import { csvLines } from './csv-lines.ts';
import { insertItems } from './item-queries.ts';
import { rowReader } from './item-rows.ts';
import type { ItemRow, ReadRow, RejectedLine } from './item-rows.ts';
import { TaskFailure } from './run.ts';
import type { TaskNeeds, TaskRun } from './run.ts';

/** Of inserts: between two of them the task may be cancelled. */
const batch = 1_000;

/** What is imported in one transaction has an end, and so has the time that it takes. */
const mostLines = 200_000;

const mostRejected = 100;

/** Items out of a CSV file of the task's owner. They are there when the task has succeeded, and not before. */
export async function importItems(needs: TaskNeeds, run: TaskRun, fileId: string): Promise<void> {
  const { ownerId } = run;
  const file = await findFile(needs.db, { id: fileId, ownerId });
  if (!file) throw new TaskFailure('The file is gone.');
  if (file.size === 0) throw new TaskFailure('The file is empty.');
  await run.finish(async (trx) => {
    const bytes = await needs.storage.read(file.id, { start: 0, end: file.size - 1 });
    try {
      return await insertLines({ trx, run, now: needs.clock.now() }, file, bytes);
    } finally {
      bytes.destroy();
    }
  });
}

interface Inserting {
  readonly trx: Trx;
  readonly run: TaskRun;
  readonly now: Date;
}

async function insertLines(
  { trx, run, now }: Inserting,
  { size }: FileRow,
  bytes: Readable,
): Promise<Schema<'ImportResult'>> {
  const { ownerId } = run;
  const count = { created: 0, rejected: 0, bytes: 0 };
  const rejected: RejectedLine[] = [];
  let rows: ItemRow[] = [];
  const flush = async () => {
    await run.progress(count.bytes / size);
    if (rows.length > 0) await insertItems(trx, rows, { ownerId, now });
    count.created += rows.length;
    rows = [];
  };
  let read: ReadRow | undefined;
  for await (const line of csvLines(bytes)) {
    count.bytes = line.bytes;
    if (!read) {
      read = rowReader(line);
      continue;
    }
    const row = read(line);
    if ('title' in row) rows.push(row);
    else if (++count.rejected <= mostRejected) rejected.push(row);
    const lines = count.created + rows.length + count.rejected;
    if (lines > mostLines) throw new TaskFailure(`The file has more than ${mostLines} lines.`);
    if (lines % batch === 0) await flush();
  }
  if (!read) throw new TaskFailure('The file is empty.');
  await flush();
  return { created: count.created, rejected, rejected_count: count.rejected };
}
