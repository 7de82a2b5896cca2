/** Writes what is said, and tells the bus. What comes while a write is under way goes together in the next one. */
import { randomUUID } from 'node:crypto';
import { serviceUnavailable } from '#contract';
import type { Bus } from '#platform/bus.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { Background } from './background.ts';
import { insertPosts } from './queries.ts';
import type { Post } from './queries.ts';

/** The news that a batch of posts can be read. */
export const postsTopic = 'socket_messages';

export interface Outbox {
  /** Resolves when it is written; every process delivers it then. */
  post(post: Post): Promise<void>;
}

interface Waiting {
  readonly post: Post;
  resolve(): void;
  reject(error: unknown): void;
}

const mostWaiting = 2_000;
const mostTogether = 100;

export function createOutbox({
  transaction,
  bus,
  background,
}: {
  transaction: RunTransaction;
  bus: Bus;
  background: Background;
}): Outbox {
  const waiting: Waiting[] = [];

  const write = async (together: readonly Waiting[]) => {
    const batch = randomUUID();
    try {
      await transaction(async (trx) => {
        const posts = together.map(({ post }) => post);
        await insertPosts(trx, batch, posts);
        await bus.publish(trx, postsTopic, batch);
      });
      for (const { resolve } of together) resolve();
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  };

  const writeAll = async () => {
    while (waiting.length > 0) await write(waiting.splice(0, mostTogether));
  };

  return {
    post(post) {
      if (waiting.length >= mostWaiting) {
        return Promise.reject(serviceUnavailable('overloaded', 'Too much is being said at once.'));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ post, resolve, reject });
        background.run(writeAll);
      });
    },
  };
}
