/**
 * News between processes: a topic and an id. Whoever hears one reads the rest from the tables, so that a message
 * that was lost costs nothing but the time until the next look. PostgreSQL carries it: see bus/postgres-bus.ts.
 */
import type { Db } from './database/database.ts';

export interface Bus {
  /**
   * Tells every process, this one too. Inside a transaction it is told when that commits, and never if it does not.
   * `id` has 200 characters at most.
   */
  publish(db: Db, topic: string, id: string): Promise<void>;
  /** Hears a topic until the result is called; from when on, `onResync` says. */
  subscribe(topic: string, listener: Listener, options: SubscribeOptions): () => void;
  /** Hears nothing more, and lets the process end. */
  close(): Promise<void>;
}

/** Called in the order of the commits. What it throws or rejects with is logged. */
export type Listener = (id: string) => unknown;

export interface SubscribeOptions {
  /**
   * News may have been missed: read the tables. Called after each gap, and when the first connection stands if that
   * was not so when `subscribe` was called.
   */
  onResync(): unknown;
}

const topicName = /^[a-z][a-z_]{0,49}$/;
const longestId = 200;

/** Throws for what is no topic or no id: a mistake of the caller, which PostgreSQL would tell in other words. */
export function checkNews(topic: string, id: string): void {
  if (!topicName.test(topic)) throw new RangeError(`"${topic}" is no name of a topic`);
  if (id === '' || id.length > longestId) {
    throw new RangeError(`An id on the bus has 1 to ${longestId} characters; publish ids, not contents`);
  }
}
