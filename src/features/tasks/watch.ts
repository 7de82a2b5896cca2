/** A task as it changes: the bus says when, the table says what. */
import type { Bus } from '#platform/bus.ts';
import type { Db } from '#platform/database/database.ts';
import { findTask } from './queries.ts';
import type { TaskKey, TaskRow } from './queries.ts';

/** News of tasks on the bus, by their ids. */
export const taskTopic = 'task';

/** The table is read as often as this without any news: a task that was erased with its owner tells nobody. */
const longestSilenceMs = 15_000;

/** Who watches longer has to come back, and is asked again who they are. */
const longestWatchMs = 600_000;

interface Watching {
  /** The version that the watcher has already. */
  readonly seen: number;
  /** Aborted when nobody watches any more. */
  readonly signal: AbortSignal;
}

/** The task now and after each change, until its end; changes that come faster than they are read are given as one. */
export async function* watchTask(
  { db, bus }: { db: Db; bus: Bus },
  key: TaskKey,
  { seen, signal }: Watching,
): AsyncGenerator<TaskRow> {
  const news = newsOf(bus, key.id, signal);
  const end = performance.now() + longestWatchMs;
  let version = seen;
  try {
    while (!signal.aborted && performance.now() < end) {
      // Before the table is read: what is told meanwhile makes it be read again.
      const told = news.next();
      const task = await findTask(db, key);
      if (!task) return;
      if (task.version !== version) yield task;
      if (hasEnded(task)) return;
      version = task.version;
      await told;
    }
  } finally {
    news.close();
  }
}

export function hasEnded({ finished_at }: Pick<TaskRow, 'finished_at'>): boolean {
  return finished_at !== null;
}

interface News {
  /** Resolves with the next piece of news from now on, after a while without any, or when nobody watches any more. */
  next(): Promise<void>;
  close(): void;
}

function newsOf(bus: Bus, id: string, signal: AbortSignal): News {
  let wake = Promise.withResolvers<void>();
  const tell = () => wake.resolve();
  const release = bus.subscribe(taskTopic, (about) => (about === id ? tell() : undefined), {
    onResync: tell,
  });
  signal.addEventListener('abort', tell, { once: true });
  let timer: NodeJS.Timeout | undefined;
  return {
    next() {
      clearTimeout(timer);
      timer = setTimeout(tell, longestSilenceMs);
      wake = Promise.withResolvers<void>();
      return wake.promise;
    },
    close() {
      clearTimeout(timer);
      signal.removeEventListener('abort', tell);
      release();
    },
  };
}
