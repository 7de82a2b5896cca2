/** What all tasks have in common: how they begin, tell of their progress, and end once. */
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db, Trx } from '#platform/database/database.ts';
import { createTransaction } from '#platform/database/transaction.ts';
import type { JobContext } from '#platform/jobs/handler.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { beginTask, failTask, isRunning, noteProgress, succeedTask } from './queries.ts';
import type { TaskResult } from './queries.ts';
import { taskTopic } from './watch.ts';

export interface TaskNeeds {
  readonly db: Db;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly storage: Storage;
  /** Of all files of a user together. */
  readonly quotaBytes: number;
}

/** One try of a task. */
export interface TaskRun {
  readonly ownerId: number;
  /** Between two steps: throws `TaskOver` when the task was cancelled. Told to watchers a few times a second at most. */
  progress(share: number): Promise<void>;
  /**
   * Commits what `effect` does together with the task's end, once; throws `TaskOver` with nothing kept when the task
   * has ended meanwhile. `effect` may run three times.
   */
  finish(effect: (trx: Trx) => Promise<TaskResult>): Promise<void>;
}

/** The task cannot succeed, however often it is tried. The message is for its owner. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
}

/** The task has ended without this run: it was cancelled, erased, or done by another worker. */
export class TaskOver extends Error {
  override readonly name = 'TaskOver';
}

export interface Try extends Pick<JobContext, 'attempt' | 'signal'> {
  readonly taskId: string;
  readonly retries: number;
}

/** Runs `work` unless the task has ended. Rejects when it is to be tried again. */
export async function runTask(
  needs: TaskNeeds,
  { taskId, attempt, retries, signal }: Try,
  work: (run: TaskRun) => Promise<void>,
): Promise<void> {
  const { begin, fail, runFor } = taskSteps(needs, taskId, signal);
  const ownerId = await begin();
  if (ownerId === undefined) return;
  try {
    await work(runFor(ownerId));
  } catch (error) {
    if (error instanceof TaskOver) return;
    if (error instanceof TaskFailure) return await fail(error.message);
    if (attempt > retries) await fail('It failed, and trying it again did not help. Nothing of it was kept.');
    throw error;
  }
}

const betweenUpdatesMs = 300;

function taskSteps({ db, clock, bus }: TaskNeeds, taskId: string, signal: AbortSignal) {
  const transaction = createTransaction(db);
  /** Whoever watches hears of what was changed when it is committed. */
  const change = <T>(statement: (trx: Trx) => Promise<T>) =>
    transaction(async (trx) => {
      const result = await statement(trx);
      await bus.publish(trx, taskTopic, taskId);
      return result;
    });
  let toldAt = performance.now();
  const tell = async (share: number): Promise<boolean> => {
    if (performance.now() - toldAt < betweenUpdatesMs) return isRunning(db, taskId);
    toldAt = performance.now();
    return change((trx) => noteProgress(trx, taskId, percentOf(share)));
  };
  const runFor = (ownerId: number): TaskRun => ({
    ownerId,
    async progress(share) {
      signal.throwIfAborted();
      if (!(await tell(share))) throw new TaskOver();
    },
    finish: (effect) =>
      change(async (trx) => {
        const result = await effect(trx);
        if (!(await succeedTask(trx, taskId, { result, now: clock.now() }))) throw new TaskOver();
      }),
  });
  return {
    begin: () => change((trx) => beginTask(trx, taskId, clock.now())),
    fail: (error: string) => change((trx) => failTask(trx, taskId, { error, now: clock.now() })),
    runFor,
  };
}

/** A hundred is for the end. */
function percentOf(share: number): number {
  return Math.min(99, Math.max(0, Math.floor(share * 100)));
}
