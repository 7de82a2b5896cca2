/** Idempotency keys: whoever works on one has its lock, and its reply is kept with what was written. */
import { sql } from 'kysely';
import type { ReplyValue } from '#contract';
import type { Trx } from '#platform/database/database.ts';

/** The same text is another key for another user or another operation. */
export interface KeyName {
  readonly user_id: number;
  readonly operation: string;
  readonly key: string;
}

/** Until the transaction ends. False when another one has it. */
export async function lockKey(trx: Trx, { user_id, operation, key }: KeyName): Promise<boolean> {
  const name = `${user_id}|${operation}|${key}`;
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as locked`.execute(trx);
  return rows[0]?.locked === true;
}

/** Asked after the lock, by a statement of its own: it must see what the holder before has committed. */
export function findStoredReply(trx: Trx, { user_id, operation, key }: KeyName, now: Date) {
  return trx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'body'])
    .select(({ ref }) => ref('headers').$castTo<ReplyValue['headers']>().as('headers'))
    .where('user_id', '=', user_id)
    .where('operation', '=', operation)
    .where('key', '=', key)
    .where('expires_at', '>', now.toISOString())
    .executeTakeFirst();
}

export interface StoredReply extends KeyName {
  readonly request_hash: Buffer;
  readonly status: number;
  readonly headers: ReplyValue['headers'];
  readonly body: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** Takes the place of an expired one of the same key. */
export async function storeReply(trx: Trx, reply: StoredReply): Promise<void> {
  await trx
    .insertInto('idempotency_keys')
    .values(reply)
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'operation', 'key']).doUpdateSet(({ ref }) => ({
        request_hash: ref('excluded.request_hash'),
        status: ref('excluded.status'),
        headers: ref('excluded.headers'),
        body: ref('excluded.body'),
        created_at: ref('excluded.created_at'),
        expires_at: ref('excluded.expires_at'),
      })),
    )
    .execute();
}
