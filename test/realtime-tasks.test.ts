/** News of tasks on sockets. The tasks are rows of a table of this test: the real ones have their own source. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createBackground } from '#features/realtime/background.ts';
import { createParticipant } from '#features/realtime/participant.ts';
import type { Participant } from '#features/realtime/participant.ts';
import { createRooms } from '#features/realtime/rooms.ts';
import { tellTaskNews } from '#features/realtime/task-news.ts';
import { taskTopic } from '#features/tasks/watch.ts';
import type { TaskNews, TaskSource } from '#features/realtime/task-news.ts';
import { useApp } from './support/app.ts';

const app = useApp();

const tasks: TaskSource = {
  async findTask(db, id) {
    const { rows } = await sql<TaskNews>`select * from test_tasks where id = ${id}`.execute(db);
    return rows[0];
  },
};

test('a task tells its progress to its owner, and to a superuser in its channel', async () => {
  const { db, bus } = app.platform;
  await sql`create table test_tasks (id uuid, owner_id integer, status text, progress integer)`.execute(db);
  const id = crypto.randomUUID();
  await sql`insert into test_tasks values (${id}, 1, 'running', 40)`.execute(db);
  const rooms = createRooms();
  // A set: news may come twice, when the bus connects just then.
  const heard = new Set<string>();
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const enter = (userId: number, isSuperuser: boolean, channel: string) => {
    const participant = participantOf(userId, isSuperuser, (text) => {
      heard.add(`${userId}: ${text}`);
      if (heard.size === 2) resolve();
    });
    rooms.enter(participant);
    rooms.join(participant, channel);
  };
  enter(1, false, 'user:1');
  enter(2, false, `task:${id}`);
  enter(3, true, `task:${id}`);
  const background = createBackground((error) => {
    throw error;
  });
  const stop = tellTaskNews({ db, bus, rooms, tasks, background });
  await bus.publish(db, taskTopic, id);
  await told;
  stop();
  await background.settled();
  const news = JSON.stringify({ type: 'task', id, status: 'running', progress: 40 });
  expect([...heard].sort()).toEqual([`1: ${news}`, `3: ${news}`]);
});

/** On a connection that goes nowhere. */
function participantOf(id: number, isSuperuser: boolean, hear: (text: string) => void): Participant {
  const connection = {
    isOpen: true,
    send: (frame: Buffer) => hear(frame.subarray(2).toString()),
    close: () => undefined,
    listen: () => undefined,
  };
  const principal = {
    user: { id, is_superuser: isSuperuser },
    session: { id: crypto.randomUUID(), tokenExpiresAt: new Date() },
  };
  const messages = { read: () => neverRead(), write: JSON.stringify, problem: () => neverRead() };
  return createParticipant(connection, {
    principal,
    id: 'request-1',
    path: '/ws',
    ip: '127.0.0.1',
    messages,
  });
}

function neverRead(): never {
  throw new Error('Nobody reads here');
}
