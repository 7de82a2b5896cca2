/** Somebody on an open socket. */
import type { Problem, SocketRequest } from '#contract';
import type { Principal, Schema } from '#api';
import type { Connection } from '#platform/realtime/connection.ts';
import { textFrame } from '#platform/realtime/frame.ts';

export type ClientMessage = Schema<'ClientMessage'>;
export type ServerMessage = Schema<'ServerMessage'>;

export type Opening = SocketRequest<Principal, ClientMessage, ServerMessage>;

export interface Participant {
  readonly opening: Opening;
  readonly connection: Connection;
  readonly userId: number;
  /** As the database said last. */
  isSuperuser: boolean;
  readonly channels: Set<string>;
}

export function createParticipant(connection: Connection, opening: Opening): Participant {
  const { id: userId, is_superuser: isSuperuser } = opening.principal.user;
  return { opening, connection, userId, isSuperuser, channels: new Set() };
}

/** A message for one participant alone. */
export function tell({ connection, opening }: Participant, message: ServerMessage): void {
  if (connection.isOpen) connection.send(frameOf(opening, message));
}

export function tellProblem(participant: Participant, problem: Problem): void {
  tell(participant, {
    type: 'error',
    problem: participant.opening.messages.problem(problem, participant.opening),
  });
}

/** The same for everybody on an operation: made once. */
export function frameOf({ messages }: Opening, message: ServerMessage): Buffer {
  return textFrame(messages.write(message));
}
