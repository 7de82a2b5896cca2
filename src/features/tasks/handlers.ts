import { randomUUID } from 'node:crypto';
import { conflict, etagOf, notFound, unauthorized } from '#contract';
import type { HandlerOf, HandlersOf, Principal, Schema } from '#api';
import type { Bus } from '#platform/bus.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import type { Db, Trx } from '#platform/database/database.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { findFile } from '../files/queries.ts';
import { byUuid, streamOf, streamRequest } from '../streams.ts';
import { exportItems, importItems } from './definitions.ts';
import { cancelTask, findTask, insertTask, listTasks } from './queries.ts';
import type { TaskKey, TaskRow } from './queries.ts';
import { hasEnded, taskTopic, watchTask } from './watch.ts';

export function taskHandlers({ jobs, bus }: { jobs: Jobs; bus: Bus }): HandlersOf<'tasks'> {
  return {
    listTasks: async ({ query, principal, db }, reply) => {
      const request = streamRequest(query, byUuid);
      const tasks = await listTasks(db, principal.user.id, request);
      const { items, next_cursor } = streamOf(tasks, request, ({ created_at: at, id }) => ({ at, id }));
      return reply(200, { items: items.map(toTask), next_cursor });
    },

    startTask: (request, reply) =>
      request.transaction(async (trx) => {
        const task = await addTask(trx, request);
        await enqueue(trx, jobs, { request, task });
        return reply(202, toTask(task), { Location: `${request.path}/${task.id}` });
      }),

    getTask: async ({ params, principal, db }, reply) => {
      const task = await existingTask(db, keyOf(params.task_id, principal));
      return reply(200, toTask(task), { ETag: etagOf(task) });
    },

    cancelTask: ({ params, principal, transaction, clock }, reply) =>
      transaction(async (trx) => {
        const key = keyOf(params.task_id, principal);
        const task = await cancelTask(trx, key, clock.now());
        if (!task) throw await missingOrEnded(trx, key);
        await bus.publish(trx, taskTopic, task.id);
        return reply(200, toTask(task));
      }),

    watchTask: async ({ params, headers, principal, db, signal }, reply) => {
      const key = keyOf(params.task_id, principal);
      const task = await existingTask(db, key);
      const seen = headers['Last-Event-ID'] ?? 0;
      if (hasEnded(task) && task.version === seen) return reply(204);
      return reply(200, eventsOf(watchTask({ db, bus }, key, { seen, signal })));
    },
  };
}

async function* eventsOf(tasks: AsyncIterable<TaskRow>) {
  for await (const task of tasks) yield { id: String(task.version), data: toTask(task) };
}

type StartRequest = Parameters<HandlerOf<'startTask'>>[0];

function addTask(trx: Trx, { body, principal, clock }: StartRequest): Promise<TaskRow> {
  const created_at = clock.now().toISOString();
  const task = { id: randomUUID(), owner_id: principal.user.id, kind: body.kind, created_at };
  return insertTask(trx, task).catch(refuseGoneOwner);
}

/** Throws 404 for a file that is not the caller's own, superusers included: the items become theirs. */
async function enqueue(
  trx: Trx,
  jobs: Jobs,
  { request, task }: { request: StartRequest; task: TaskRow },
): Promise<void> {
  const { body, principal } = request;
  const task_id = task.id;
  if (body.kind === 'export_items') return jobs.enqueue(trx, exportItems, { task_id });
  const { file_id } = body;
  const file = await findFile(trx, { id: file_id, ownerId: principal.user.id });
  if (!file) throw notFound('File', file_id);
  return jobs.enqueue(trx, importItems, { task_id, file_id });
}

/** The account was deleted since its token was checked: the token is worth nothing any more. */
function refuseGoneOwner(error: unknown): never {
  throw classifyDatabaseError(error)?.constraint === 'tasks_owner_id_fkey' ? unauthorized() : error;
}

/** Throws 404. */
async function existingTask(db: Db, key: TaskKey): Promise<TaskRow> {
  const task = await findTask(db, key);
  if (!task) throw notFound('Task', key.id);
  return task;
}

async function missingOrEnded(db: Db, key: TaskKey) {
  return (await findTask(db, key))
    ? conflict('conflict', 'The task has ended already.')
    : notFound('Task', key.id);
}

/** A user reaches their own tasks only; to anybody else a task does not exist. */
function keyOf(id: string, { user }: Principal): TaskKey {
  return { id, ownerId: user.is_superuser ? undefined : user.id };
}

function toTask({ version: _version, ...task }: TaskRow): Schema<'Task'> {
  return task;
}
