import type { Db, Trx } from '../database/database.ts';
import { createTransaction } from '../database/transaction.ts';

/**
 * Runs `effect` in a transaction that can commit once for `key`. A second run at the same time waits for the first,
 * and then finds it done.
 */
export async function runOnce(
  db: Db,
  { key, now }: { key: string; now: Date },
  effect: (trx: Trx) => Promise<void>,
): Promise<void> {
  await createTransaction(db)(async (trx) => {
    if (await claimEffect(trx, key, now)) await effect(trx);
  });
}

async function claimEffect(trx: Trx, key: string, now: Date): Promise<boolean> {
  const claimed = await trx
    .insertInto('job_effects')
    .values({ key, at: now })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst();
  return claimed !== undefined;
}
