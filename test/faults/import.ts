/** Promise: an import makes its items once, whenever its worker is killed. Also tells how fast it is beside COPY. */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { createDatabase } from '#platform/database/database.ts';
import type { Db } from '#platform/database/database.ts';
import { migrateToLatest } from '#platform/database/migrate.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { migrateJobs } from '#platform/jobs/schema.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { insertFiles } from '#features/files/queries.ts';
import { importItems } from '#features/tasks/definitions.ts';
import { insertTask } from '#features/tasks/queries.ts';
import { withTemporaryPostgres } from '../../scripts/generate/temporary-postgres.ts';
import { recordingLog } from '../support/log.ts';
import { manyLines } from '../support/tasks.ts';

const lines = 100_000;
/** Fewer than a job has tries. */
const kills = 3;
const program = fileURLToPath(new URL('../support/import-worker.ts', import.meta.url));
const folder = await mkdtemp(path.join(tmpdir(), 'accord-import-'));

try {
  await withTemporaryPostgres(async (url) => {
    await migrateToLatest({ url });
    await migrateJobs({ url });
    const pool = createPool({ url, size: 3, statementTimeoutMs: 60_000, applicationName: 'accord-faults' });
    await prove(createDatabase(pool), url).finally(() => pool.end());
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function prove(db: Db, url: string): Promise<void> {
  const id = await enqueueImport(db, url);
  let killedInside = 0;
  for (let killed = 0; killed < kills; killed++) killedInside += await workAndDie(db, url);
  const seconds = await finish(db, { url, id });
  const { rows } = await sql<{ items: number }>`select count(*)::int as items from items`.execute(db);
  const items = rows[0]?.items;
  const copySeconds = await copy(db);
  console.log(
    `import: killed ${killedInside} times in the middle, ${items} items of ${lines} lines; ` +
      `${rate(seconds)} lines/s, by plain COPY ${rate(copySeconds)}`,
  );
  if (items !== lines || killedInside === 0) process.exitCode = 1;
}

function rate(seconds: number): string {
  return Math.round(lines / seconds).toLocaleString('en');
}

async function enqueueImport(db: Db, url: string): Promise<string> {
  const content = Buffer.from(manyLines(lines));
  const [file_id, id] = [randomUUID(), randomUUID()];
  const created_at = new Date().toISOString();
  const sha256 = createHash('sha256').update(content).digest('hex');
  await createLocalStorage(folder).write(file_id, Readable.from([content]));
  const queue = createJobs({ url, log: recordingLog().log, definitions: [importItems] });
  await db.transaction().execute(async (trx) => {
    await sql`insert into users (email, password_hash) values ('ada@example.com', 'x')`.execute(trx);
    const file = { id: file_id, owner_id: 1, filename: 'items.csv', content_type: 'text/csv' };
    await insertFiles(trx, [{ ...file, size: content.length, sha256, created_at }]);
    await insertTask(trx, { id, owner_id: 1, kind: 'import_items', created_at });
    await queue.enqueue(trx, importItems, { task_id: id, file_id });
  });
  await queue.close();
  return id;
}

/** 1 when the import had begun. */
async function workAndDie(db: Db, url: string): Promise<number> {
  const worker = startProgram(url);
  const version = await versionOf(db);
  const end = performance.now() + 60_000;
  while ((await versionOf(db)) === version && performance.now() < end) await sleep(20);
  await sleep(100 + Math.random() * 300);
  worker.kill('SIGKILL');
  await once(worker, 'close');
  return (await versionOf(db)) > version ? 1 : 0;
}

async function versionOf(db: Db): Promise<number> {
  return (await db.selectFrom('tasks').select('version').executeTakeFirstOrThrow()).version;
}

/** Seconds of the try that succeeded. */
async function finish(db: Db, { url, id }: { url: string; id: string }): Promise<number> {
  const worker = startProgram(url);
  const tasks = db.selectFrom('tasks').select(['version', 'finished_at']).where('id', '=', id);
  const { version } = await tasks.executeTakeFirstOrThrow();
  let startedAt = 0;
  const end = performance.now() + 120_000;
  for (; performance.now() < end; await sleep(10)) {
    const task = await tasks.executeTakeFirstOrThrow();
    if (startedAt === 0 && task.version > version) startedAt = performance.now();
    if (task.finished_at !== null) break;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  worker.kill('SIGTERM');
  await once(worker, 'close');
  return seconds;
}

async function copy(db: Db): Promise<number> {
  const source = path.join(folder, 'rows.csv');
  await writeFile(source, manyLines(lines).replaceAll(/^Item/gm, '1,Item'));
  await sql`truncate items`.execute(db);
  const startedAt = performance.now();
  await sql`copy items (owner_id, title) from ${sql.lit(source)} with (format csv, header)`.execute(db);
  return (performance.now() - startedAt) / 1000;
}

function startProgram(url: string) {
  return spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url, UPLOAD_DIR: folder },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
