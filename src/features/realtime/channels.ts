/** Which channels there are, and who may be in them. */
import { forbidden, notFound } from '#contract';
import type { Db } from '#platform/database/database.ts';
import type { Participant } from './participant.ts';
import type { TaskSource } from './task-news.ts';

export const lobby = 'lobby';

export function ownChannel(userId: number): string {
  return `user:${userId}`;
}

export function taskChannel(taskId: string): string {
  return `task:${taskId}`;
}

const mostChannels = 50;

/** Throws a 404 for what is somebody else's, as for what does not exist. */
export async function requireMayJoin(
  participant: Participant,
  channel: string,
  { db, tasks }: { db: Db; tasks: TaskSource },
): Promise<void> {
  if (participant.channels.size >= mostChannels) {
    throw forbidden(`A socket can be in ${mostChannels} channels at most.`);
  }
  if (mayBeIn(participant, channel)) return;
  const [kind, id = ''] = channel.split(':');
  const task = kind === 'task' ? await tasks.findTask(db, id) : undefined;
  if (!task || (task.owner_id !== participant.userId && !participant.isSuperuser)) {
    throw notFound('Channel', channel);
  }
}

/** Throws unless something may be said there. */
export function requireMaySpeak({ channels }: Participant, channel: string): void {
  if (!channels.has(channel)) throw forbidden('Subscribe to this channel before you speak in it.');
  if (channel.startsWith('task:')) throw forbidden('Only the server speaks in the channel of a task.');
}

/** Without asking for the task; whose task it is never changes. */
export function mayBeIn({ userId, isSuperuser }: Participant, channel: string): boolean {
  if (channel === lobby || channel === ownChannel(userId)) return true;
  return isSuperuser && channel.startsWith('user:');
}

/** Of the channels that a participant is in, those that only a superuser may be in. */
export function channelsToLeave(participant: Participant): string[] {
  return [...participant.channels].filter(
    (channel) => channel.startsWith('user:') && !mayBeIn(participant, channel),
  );
}
