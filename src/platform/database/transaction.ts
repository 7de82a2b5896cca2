import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Trx } from './database.ts';
import { classifyDatabaseError } from './faults.ts';

/** Runs `fn` inside a transaction: commits when it returns, rolls back when it throws. */
export type RunTransaction = <T>(fn: (trx: Trx) => Promise<T>) => Promise<T>;

export interface TransactionOptions {
  /** How often in all; only lost races (SQLSTATE 40001, 40P01) are tried again. */
  attempts?: number;
  backoffMs?: number;
}

/**
 * The way to write several things together. `fn` may run up to three times, so it has no effect outside the
 * database and does nothing that takes long.
 */
export function createTransaction(
  db: Db,
  { attempts = 3, backoffMs = 10 }: TransactionOptions = {},
): RunTransaction {
  return async function transaction(fn) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction().execute(fn);
      } catch (error) {
        const lostRace = classifyDatabaseError(error)?.kind === 'serialization';
        if (!lostRace || attempt >= attempts) throw error;
      }
      await sleep(jittered(backoffMs * 2 ** attempt));
    }
  };
}

// Two transactions that collided must not wake together and collide again.
function jittered(milliseconds: number): number {
  return milliseconds * (0.5 + Math.random() / 2);
}
