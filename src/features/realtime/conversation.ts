/** What happens to the messages of one client: one after the other, within its budget. */
import { Problem, internalError } from '#contract';
import type { Db } from '#platform/database/database.ts';
import type { Logger } from '#platform/log.ts';
import { closings } from '#platform/realtime/connection.ts';
import type { ConnectionListener } from '#platform/realtime/connection.ts';
import { createBudget } from './budget.ts';
import { lobby, requireMayJoin, requireMaySpeak } from './channels.ts';
import type { Outbox } from './outbox.ts';
import { tell, tellProblem } from './participant.ts';
import type { ClientMessage, Participant } from './participant.ts';
import type { Rooms } from './rooms.ts';
import type { TaskSource } from './task-news.ts';

export interface Scene {
  readonly db: Db;
  readonly rooms: Rooms;
  readonly outbox: Outbox;
  readonly tasks: TaskSource;
  readonly log: Logger;
  /** Problems for errors of the platform; undefined: a bug. */
  toProblem(error: unknown): Problem | undefined;
}

const messageBudget = { capacity: 20, perSecond: 10 };
/** Refusals cost us more than the client: who gets many of them does it on purpose. */
const refusalBudget = { capacity: 10, perSecond: 0.2 };

/** Listens to a participant; `onClose` is the caller's matter. */
export function converse(participant: Participant, scene: Scene): Omit<ConnectionListener, 'onClose'> {
  const [budget, refusals] = [createBudget(messageBudget), createBudget(refusalBudget)];
  let done = Promise.resolve();

  const refuse = (problem: Problem) => {
    if (refusals.take()) tellProblem(participant, problem);
    else participant.connection.close(closings.abuse);
  };

  return {
    onText(bytes) {
      if (!budget.take()) {
        refuse(tooFast());
        return;
      }
      const message = readMessage(participant, bytes);
      if (message instanceof Problem) refuse(message);
      else done = done.then(() => answer(participant, message, scene));
    },
    onControl() {
      if (!budget.take() && !refusals.take()) participant.connection.close(closings.abuse);
    },
  };
}

function readMessage({ opening }: Participant, bytes: Buffer): ClientMessage | Problem {
  try {
    return opening.messages.read(bytes);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Never rejects: the next message is waiting. */
async function answer(participant: Participant, message: ClientMessage, scene: Scene): Promise<void> {
  try {
    if (participant.connection.isOpen) await act(participant, message, scene);
  } catch (error) {
    const problem = error instanceof Problem ? error : (scene.toProblem(error) ?? internalError(error));
    if (problem.status >= 500) {
      scene.log.error({ err: error, request_id: participant.opening.id }, 'a message could not be handled');
    }
    tellProblem(participant, problem);
  }
}

async function act(participant: Participant, message: ClientMessage, scene: Scene): Promise<void> {
  switch (message.type) {
    case 'message': {
      const { text, channel = lobby } = message;
      requireMaySpeak(participant, channel);
      await scene.outbox.post({ kind: 'message', channel, user_id: participant.userId, text });
      return;
    }
    case 'subscribe':
      if (participant.channels.has(message.channel)) return;
      await requireMayJoin(participant, message.channel, scene);
      if (participant.connection.isOpen) joinChannel(participant, message.channel, scene);
      return;
    case 'unsubscribe':
      leaveChannel(participant, message.channel, scene);
  }
}

/** Tells the participant, and in the lobby everybody else. */
export function joinChannel(participant: Participant, channel: string, scene: Scene): void {
  scene.rooms.join(participant, channel);
  tell(participant, { type: 'joined', channel, from: participant.userId, at: new Date().toISOString() });
  announce(participant, { kind: 'joined', channel }, scene);
}

export function leaveChannel(participant: Participant, channel: string, scene: Scene): void {
  if (!participant.channels.has(channel)) return;
  scene.rooms.leave(participant, channel);
  tell(participant, { type: 'left', channel, from: participant.userId, at: new Date().toISOString() });
  announce(participant, { kind: 'left', channel }, scene);
}

/** Coming and going is told as well as can be: nobody waits for it. */
export function announce(
  { userId }: Participant,
  { kind, channel }: { kind: 'joined' | 'left'; channel: string },
  { outbox, log }: Pick<Scene, 'outbox' | 'log'>,
): void {
  if (channel !== lobby) return;
  outbox
    .post({ kind, channel, user_id: userId, text: null })
    .catch((err: unknown) => log.debug({ err }, 'coming and going could not be told'));
}

function tooFast(): Problem {
  return new Problem({
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests',
    detail: 'Wait 1 seconds before the next try.',
  });
}
