/** Races with a known winner: a change is held open, the request comes up to it and waits, the change is committed. */
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trx } from '#platform/database/database.ts';
import type { TestApp } from './app.ts';

export interface Race<Reply> {
  request(): Promise<Reply>;
  /** The change that comes first. */
  by(trx: Trx): Promise<unknown>;
  /** Locks for which the request must wait already; without it, the change is made before the request is sent. */
  holding?(trx: Trx): Promise<unknown>;
}

/**
 * The reply to a request that is overtaken by a change of the database. Throws when the request does not wait
 * for it: then it would go by what it has read before.
 */
export async function overtaken<Reply>(
  { platform }: TestApp,
  { request, by, holding }: Race<Reply>,
): Promise<Reply> {
  const { reply } = await platform.db.transaction().execute(async (trx) => {
    await (holding ?? by)(trx);
    const waiting = watched(request());
    await untilBlocked(trx, waiting);
    if (holding) await by(trx);
    return waiting;
  });
  return reply;
}

interface Watched<Reply> {
  readonly reply: Promise<Reply>;
  isOver(): boolean;
}

function watched<Reply>(reply: Promise<Reply>): Watched<Reply> {
  let over = false;
  const end = () => (over = true);
  reply.then(end, end);
  return { reply, isOver: () => over };
}

async function untilBlocked(trx: Trx, { reply, isOver }: Watched<unknown>): Promise<void> {
  while (!(await isBlocking(trx))) {
    if (isOver()) throw new Error('The request did not wait for the change.', { cause: await reply });
    await sleep(2);
  }
}

/** Whether another connection waits for a lock of this transaction. */
async function isBlocking(trx: Trx): Promise<boolean> {
  const waiting = await sql`
    select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`.execute(trx);
  return waiting.rows.length > 0;
}
