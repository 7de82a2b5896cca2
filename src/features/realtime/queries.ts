/** What is said on sockets, and whether those who say it still may. */
import { sql } from 'kysely';
import { anyUuidOf } from '#platform/database/any-of.ts';
import type { Db, Trx } from '#platform/database/database.ts';

export interface Post {
  readonly kind: 'joined' | 'left' | 'message';
  readonly channel: string;
  readonly user_id: number;
  readonly text: string | null;
}

export interface StoredPost extends Post {
  readonly created_at: string;
}

/** In one statement, however many; what somebody said who is gone by now is left out. */
export async function insertPosts(trx: Trx, batch: string, posts: readonly Post[]): Promise<void> {
  await sql`
    insert into socket_messages (batch, kind, channel, user_id, text)
    select ${batch}, kind, channel, user_id, text
    from json_to_recordset(${JSON.stringify(posts)}) as post(kind text, channel text, user_id integer, text text)
    where exists (select from users where users.id = post.user_id)`.execute(trx);
}

export function readBatches(db: Db, batches: readonly string[]): Promise<StoredPost[]> {
  return db
    .selectFrom('socket_messages')
    .select(['kind', 'channel', 'user_id', 'text', 'created_at'])
    .where('batch', '=', anyUuidOf(batches))
    .orderBy('id')
    .$narrowType<{ kind: Post['kind'] }>()
    .execute();
}

/** Everything that is still kept. */
export function recentBatches(db: Db) {
  return db
    .selectFrom('socket_messages')
    .select(({ fn }) => ['batch', fn.max('created_at').as('created_at')])
    .groupBy('batch')
    .orderBy(({ fn }) => fn.max('id'))
    .execute();
}

export async function deletePostsOlderThan(db: Db, seconds: number): Promise<void> {
  await sql`delete from socket_messages where created_at < now() - make_interval(secs => ${seconds})`.execute(
    db,
  );
}

/** Of these sessions the ones that are alive. */
export function findLiveSessions(db: Db, sessionIds: readonly string[], now: Date) {
  return db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select(['s.id', 'u.is_superuser'])
    .where('s.id', '=', anyUuidOf(sessionIds))
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', now.toISOString())
    .where('u.is_active', '=', true)
    .execute();
}
