/** Sockets: who comes in, what they hear, and when they have to go. */
import { Problem, serviceUnavailable } from '#contract';
import type { SocketHandlers } from '#api';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { Logger } from '#platform/log.ts';
import { closings } from '#platform/realtime/connection.ts';
import type { Connection } from '#platform/realtime/connection.ts';
import { deleteExpiredTickets } from '../auth/queries.ts';
import { createAccessWatch } from './access-watch.ts';
import { createBackground } from './background.ts';
import { channelsToLeave, lobby, ownChannel } from './channels.ts';
import { announce, converse, joinChannel, leaveChannel } from './conversation.ts';
import type { Scene } from './conversation.ts';
import { deliverPosts } from './delivery.ts';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import { createParticipant } from './participant.ts';
import type { Opening } from './participant.ts';
import { deletePostsOlderThan } from './queries.ts';
import { createRooms } from './rooms.ts';
import { tellTaskNews } from './task-news.ts';
import type { TaskSource } from './task-news.ts';

export interface RealtimeOptions {
  readonly db: Db;
  readonly transaction: RunTransaction;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tasks: TaskSource;
  toProblem(error: unknown): Problem | undefined;
}

export interface Realtime {
  readonly handlers: SocketHandlers;
  /** Once no socket is open any more. Resolves when nothing is under way. */
  close(): Promise<void>;
}

const mostSocketsOfUser = 10;
const mostSockets = 5_000;

/** How long what was said is kept for those who have missed the news of it. */
const keptSeconds = 600;
const pruneMs = 60_000;

export function createRealtime(options: RealtimeOptions): Realtime {
  const { db, bus, log } = options;
  const rooms = createRooms();
  const background = createBackground((err) => {
    log.error({ err }, 'work for sockets failed');
  });
  const scene: Scene = { ...options, rooms, outbox: createOutbox({ ...options, background }) };
  const inbox = createInbox({ db, bus, log, background, deliver: (posts) => deliverPosts(rooms, posts) });
  const watch = createAccessWatch({
    ...options,
    rooms,
    background,
    onRights: (participant) => {
      for (const channel of channelsToLeave(participant)) leaveChannel(participant, channel, scene);
    },
  });
  const stopTaskNews = tellTaskNews({ ...options, rooms, background });
  const pruneAll = () => prune(options, inbox.forgetOlderThan);
  const pruning = setInterval(() => background.run(pruneAll), pruneMs).unref();

  const open = (connection: Connection, opening: Opening) => {
    const participant = createParticipant(connection, opening);
    const { userId } = participant;
    const about = { request_id: opening.id, user_id: userId, client_ip: opening.ip };
    const openedAt = performance.now();
    rooms.enter(participant);
    connection.listen({
      ...converse(participant, scene),
      onClose(code) {
        const wasInLobby = participant.channels.has(lobby);
        rooms.exit(participant);
        if (wasInLobby) announce(participant, { kind: 'left', channel: lobby }, scene);
        const seconds = Math.round((performance.now() - openedAt) / 1000);
        log.info({ ...about, code, seconds }, 'socket closed');
      },
    });
    log.info(about, 'socket opened');
    // Two handshakes at once may both have been the last that is allowed.
    if (rooms.ofUser(userId).size > mostSocketsOfUser) connection.close(closings.tooMany);
    for (const channel of [lobby, ownChannel(userId)]) joinChannel(participant, channel, scene);
    // The session may have ended between the ticket and now, before anybody told us.
    watch.recheck(userId);
  };

  return {
    handlers: {
      openSocket: {
        admit({ principal }) {
          if (rooms.ofUser(principal.user.id).size >= mostSocketsOfUser) throw tooManySockets();
          if (rooms.size >= mostSockets) throw serviceUnavailable('overloaded', 'Too many sockets are open.');
        },
        open,
      },
    },
    async close() {
      clearInterval(pruning);
      watch.close();
      inbox.close();
      stopTaskNews();
      await background.settled();
    },
  };
}

/** Every process does it: whoever is first finds something. */
async function prune(
  { db, clock, log }: RealtimeOptions,
  forgetOlderThan: (seconds: number) => void,
): Promise<void> {
  // Longer than the rows are kept: what is forgotten too early would be delivered twice.
  forgetOlderThan(2 * keptSeconds);
  try {
    await deletePostsOlderThan(db, keptSeconds);
    await deleteExpiredTickets(db, clock.now());
  } catch (err) {
    log.warn({ err }, 'old tickets and posts could not be deleted');
  }
}

function tooManySockets(): Problem {
  return new Problem({
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests',
    detail: `${mostSocketsOfUser} sockets of yours are open: close one of them.`,
    headers: { 'Retry-After': '60' },
  });
}
