/** Reads what was said, in whatever process, each post once: by the news of the bus, and after a gap from the table. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '#platform/bus.ts';
import type { Db } from '#platform/database/database.ts';
import type { Logger } from '#platform/log.ts';
import type { Background } from './background.ts';
import { postsTopic } from './outbox.ts';
import { readBatches, recentBatches } from './queries.ts';
import type { StoredPost } from './queries.ts';

export interface InboxOptions {
  readonly db: Db;
  readonly bus: Bus;
  readonly log: Logger;
  readonly background: Background;
  /** In the order in which they were said. */
  deliver(posts: readonly StoredPost[]): void;
}

export interface Inbox {
  /** Forgets what is kept no longer. */
  forgetOlderThan(seconds: number): void;
  close(): void;
}

/** Posts have 8 KB at most: so many never fill what may wait for a client. */
const mostTogether = 20;
const retryMs = 200;
/** What comes within such a time goes out together: under load that halves what a message costs, and idle nobody waits. */
const leastIntervalMs = 25;

export function createInbox({ db, bus, log, background, deliver }: InboxOptions): Inbox {
  const startedAt = Date.now();
  /** By batch, when it was heard of. */
  const known = new Map<string, number>();
  const waiting: string[] = [];
  /** After a gap, until what was missed is known: what is heard meanwhile was said later. */
  let isBehind = false;
  const closing = new AbortController();

  const hear = (batch: string) => {
    if (known.has(batch)) return;
    known.set(batch, Date.now());
    waiting.push(batch);
    background.run(readAll);
  };

  const pause = (ms: number) =>
    ms > 0 ? sleep(ms, undefined, { ref: false, signal: closing.signal }).catch(() => undefined) : undefined;

  const readAll = async () => {
    while (waiting.length > 0 && !isBehind && !closing.signal.aborted) {
      const start = performance.now();
      await readSome();
      await pause(leastIntervalMs - (performance.now() - start));
    }
  };

  const readSome = async () => {
    const batches = waiting.slice(0, mostTogether);
    try {
      const posts = await readBatches(db, batches);
      waiting.splice(0, batches.length);
      for (let first = 0; first < posts.length; first += 50) deliver(posts.slice(first, first + 50));
    } catch (err) {
      log.warn({ err }, 'what was said on sockets cannot be read now');
      await pause(retryMs);
    }
  };

  /** What was said before this process began is nobody's here. */
  const resync = async () => {
    try {
      for (const { batch, created_at } of await recentBatches(db)) {
        if (new Date(created_at).getTime() < startedAt - 1_000) known.set(batch, Date.now());
        else hear(batch);
      }
    } finally {
      isBehind = false;
      background.run(readAll);
    }
  };

  const onResync = () => {
    isBehind = true;
    background.run(resync);
  };

  const unsubscribe = bus.subscribe(postsTopic, hear, { onResync });
  return {
    forgetOlderThan(seconds) {
      const oldest = Date.now() - seconds * 1000;
      for (const [batch, at] of known) if (at < oldest) known.delete(batch);
    },
    close() {
      closing.abort();
      unsubscribe();
    },
  };
}
