/** Closes the sockets of those who may no longer be here: 4401 at expiry, sign-out, deactivation; rights as they are. */
import { accessTopic } from '../auth/access-news.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { Logger } from '#platform/log.ts';
import { closings } from '#platform/realtime/connection.ts';
import type { Background } from './background.ts';
import type { Participant } from './participant.ts';
import { findLiveSessions } from './queries.ts';
import type { Rooms } from './rooms.ts';

export interface AccessWatchOptions {
  readonly db: Db;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rooms: Rooms;
  readonly background: Background;
  /** The rights of a participant have changed; it is still welcome. */
  onRights(participant: Participant): void;
  /** How often to look at everybody, in case that some news never came. */
  readonly recheckMs?: number;
}

export interface AccessWatch {
  /** Looks at a user again soon. */
  recheck(userId: number): void;
  close(): void;
}

export function createAccessWatch({
  db,
  bus,
  clock,
  log,
  rooms,
  background,
  onRights,
  recheckMs = 30_000,
}: AccessWatchOptions): AccessWatch {
  const due = new Set<number>();

  const check = async (userIds: readonly number[]) => {
    const participants = userIds.flatMap((userId) => [...rooms.ofUser(userId)]);
    if (participants.length === 0) return;
    const ids = participants.map(({ opening }) => opening.principal.session.id);
    const live = await findLiveSessions(db, [...new Set(ids)], clock.now());
    const rights = new Map(live.map(({ id, is_superuser }) => [id, is_superuser]));
    for (const participant of participants)
      settle(participant, rights.get(participant.opening.principal.session.id));
  };

  const settle = (participant: Participant, isSuperuser: boolean | undefined) => {
    if (isSuperuser === undefined) {
      participant.connection.close(closings.unauthorized);
    } else if (participant.isSuperuser !== isSuperuser) {
      participant.isSuperuser = isSuperuser;
      onRights(participant);
    }
  };

  const checkDue = async () => {
    while (due.size > 0) {
      const userIds = [...due];
      due.clear();
      // Whom nobody could look at now, the next round looks at.
      await check(userIds).catch((err: unknown) => log.warn({ err }, 'open sockets cannot be checked now'));
    }
  };

  const recheck = (userId: number) => {
    due.add(userId);
    background.run(checkDue);
  };
  const recheckEverybody = () => {
    for (const { userId } of rooms.everybody()) due.add(userId);
    background.run(checkDue);
  };
  const closeExpired = () => {
    const now = clock.now().getTime();
    for (const { connection, opening } of rooms.everybody()) {
      if (opening.principal.session.tokenExpiresAt.getTime() <= now) connection.close(closings.unauthorized);
    }
  };

  const unsubscribe = bus.subscribe(accessTopic, (id) => recheck(Number(id)), { onResync: recheckEverybody });
  const timers = [setInterval(recheckEverybody, recheckMs), setInterval(closeExpired, 1_000)];
  for (const timer of timers) timer.unref();
  return {
    recheck,
    close() {
      unsubscribe();
      timers.forEach(clearInterval);
    },
  };
}
