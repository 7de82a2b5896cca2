import { sql } from 'kysely';
import type { Schema } from '#api';
import type { Db, Trx } from '#platform/database/database.ts';
import type { StreamRequest } from '../streams.ts';

/** A task with the number of its changes, which its ETag and the ids of its events are made of. */
export type TaskRow = Schema<'Task'> & { readonly version: number };

export type TaskResult = Schema<'ExportResult'> | Schema<'ImportResult'>;

/** One task as seen by somebody: of their own, or of anybody when `ownerId` is undefined. */
export interface TaskKey {
  readonly id: string;
  readonly ownerId: number | undefined;
}

const taskColumns = [
  'id',
  'kind',
  'status',
  'progress',
  'result',
  'error',
  'version',
  'created_at',
  'started_at',
  'finished_at',
] as const;

const next = sql<number>`version + 1`;
const unended = ['queued', 'running'] as const;

interface NewTask {
  readonly id: string;
  readonly owner_id: number;
  readonly kind: TaskRow['kind'];
  readonly created_at: string;
}

/** Violates `tasks_owner_id_fkey` when the owner is gone. */
export function insertTask(trx: Trx, task: NewTask): Promise<TaskRow> {
  return trx
    .insertInto('tasks')
    .values(task)
    .returning(taskColumns)
    .$castTo<TaskRow>()
    .executeTakeFirstOrThrow();
}

export function findTask(db: Db, { id, ownerId }: TaskKey): Promise<TaskRow | undefined> {
  let tasks = db.selectFrom('tasks').select(taskColumns).where('id', '=', id);
  if (ownerId !== undefined) tasks = tasks.where('owner_id', '=', ownerId);
  return tasks.$castTo<TaskRow>().executeTakeFirst();
}

/** What those who watch tasks on a socket are told of one. */
export function findTaskNews(
  db: Db,
  id: string,
): Promise<({ readonly owner_id: number } & Pick<TaskRow, 'id' | 'status' | 'progress'>) | undefined> {
  return db
    .selectFrom('tasks')
    .select(['id', 'owner_id', 'progress'])
    .select(({ ref }) => ref('status').$castTo<TaskRow['status']>().as('status'))
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Newest first; only what comes after `after` in this order. */
export function listTasks(db: Db, ownerId: number, { after, most }: StreamRequest): Promise<TaskRow[]> {
  let tasks = db.selectFrom('tasks').select(taskColumns).where('owner_id', '=', ownerId);
  if (after)
    tasks = tasks.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  return tasks.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(most).$castTo<TaskRow>().execute();
}

/** Undefined when there is no such task that has not ended. */
export function cancelTask(trx: Trx, { id, ownerId }: TaskKey, now: Date): Promise<TaskRow | undefined> {
  let tasks = trx
    .updateTable('tasks')
    .set({ status: 'cancelled', finished_at: now, version: next })
    .where('id', '=', id)
    .where('status', 'in', unended);
  if (ownerId !== undefined) tasks = tasks.where('owner_id', '=', ownerId);
  return tasks.returning(taskColumns).$castTo<TaskRow>().executeTakeFirst();
}

/** From its beginning, also when it had begun before. Undefined when it has ended, or is gone. */
export async function beginTask(trx: Trx, id: string, now: Date): Promise<number | undefined> {
  const begun = await trx
    .updateTable('tasks')
    .set({ status: 'running', progress: 0, version: next })
    .set({ started_at: sql`coalesce(started_at, ${now.toISOString()}::timestamptz)` })
    .where('id', '=', id)
    .where('status', 'in', unended)
    .returning('owner_id')
    .executeTakeFirst();
  return begun?.owner_id;
}

/** False when the task has ended, or is gone. */
export async function noteProgress(trx: Trx, id: string, progress: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('tasks')
    .set({ progress, version: next })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function isRunning(db: Db, id: string): Promise<boolean> {
  const tasks = db.selectFrom('tasks').select('id').where('id', '=', id).where('status', '=', 'running');
  return (await tasks.executeTakeFirst()) !== undefined;
}

/** False when it has ended already, or is gone: then nothing of what it did may be kept. */
export async function succeedTask(
  trx: Trx,
  id: string,
  { result, now }: { result: TaskResult; now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('tasks')
    .set({ status: 'succeeded', progress: 100, finished_at: now, version: next })
    .set({ result: sql`${JSON.stringify(result)}::jsonb` })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function failTask(
  trx: Trx,
  id: string,
  { error, now }: { error: string; now: Date },
): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ status: 'failed', error, finished_at: now, version: next })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute();
}

/** Longer than all tries of a job take together, and longer than a job waits for a worker. */
const lostAfter = { running: '1 day', queued: '15 days' } as const;

/** Ends what should have ended long ago. Whoever watches finds it by looking. */
export async function failLostTasks(db: Db, { error, now }: { error: string; now: Date }): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await sql`
    update tasks set status = 'failed', error = ${error}, finished_at = ${at}, version = version + 1
     where finished_at is null
       and (started_at < ${at} - ${lostAfter.running}::interval or created_at < ${at} - ${lostAfter.queued}::interval)`.execute(
    db,
  );
}
