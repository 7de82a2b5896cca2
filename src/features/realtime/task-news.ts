/** The progress of tasks, told to their owners. */
import type { Bus } from '#platform/bus.ts';
import type { Db } from '#platform/database/database.ts';
import type { Schema } from '#api';
import { taskTopic } from '../tasks/watch.ts';
import type { Background } from './background.ts';
import { ownChannel, taskChannel } from './channels.ts';
import { frameOf } from './participant.ts';
import type { Participant } from './participant.ts';
import type { Rooms } from './rooms.ts';

export type TaskNews = Omit<Schema<'TaskMessage'>, 'type'> & { readonly owner_id: number };

/** Where tasks are read. */
export interface TaskSource {
  findTask(db: Db, id: string): Promise<TaskNews | undefined>;
}

export interface TaskNewsOptions {
  readonly db: Db;
  readonly bus: Bus;
  readonly rooms: Rooms;
  readonly tasks: TaskSource;
  readonly background: Background;
}

/** Tells each change of a task that somebody here cares for; returns how to stop. */
export function tellTaskNews({ db, bus, rooms, tasks, background }: TaskNewsOptions): () => void {
  const due = new Set<string>();

  const readDue = async () => {
    for (const id of due) {
      // Before it is read: a change in between is read once more.
      due.delete(id);
      const task = await tasks.findTask(db, id);
      if (task) deliver(rooms, task);
    }
  };

  const hear = (id: string) => {
    if (rooms.size === 0) return;
    due.add(id);
    background.run(readDue);
  };
  // After a gap nobody knows which tasks have changed: those in whose channels somebody is.
  const resync = () => {
    for (const { channels } of rooms.everybody()) {
      for (const channel of channels) if (channel.startsWith('task:')) due.add(channel.slice('task:'.length));
    }
    background.run(readDue);
  };
  return bus.subscribe(taskTopic, hear, { onResync: resync });
}

function deliver(rooms: Rooms, { id, status, progress, owner_id: ownerId }: TaskNews): void {
  const receivers = new Set([...rooms.inChannel(taskChannel(id)), ...rooms.inChannel(ownChannel(ownerId))]);
  let frame: Buffer | undefined;
  for (const receiver of receivers) {
    if (!isAbout(receiver, ownerId)) continue;
    frame ??= frameOf(receiver.opening, { type: 'task', id, status, progress });
    receiver.connection.send(frame);
  }
}

/** A superuser who listens in somebody's channel hears of their tasks as well. */
function isAbout({ userId, isSuperuser }: Participant, ownerId: number): boolean {
  return userId === ownerId || isSuperuser;
}
