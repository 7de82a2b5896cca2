/** Who hears what, in one process; the same whatever carries the news. */
import type { Logger } from '../log.ts';
import type { Listener, SubscribeOptions } from '../bus.ts';

interface Subscription extends SubscribeOptions {
  readonly listener: Listener;
}

export interface Subscriptions {
  add(topic: string, listener: Listener, options: SubscribeOptions): () => void;
  tell(topic: string, id: string): void;
  /** Everybody reads the tables. */
  resync(): void;
}

export function createSubscriptions(log: Logger): Subscriptions {
  const topics = new Map<string, Set<Subscription>>();

  /** One that fails must not keep the news from the others. */
  const call = (topic: string, run: () => unknown) => {
    const failed = (err: unknown) => log.error({ err, topic }, 'news could not be taken in');
    try {
      Promise.resolve(run()).catch(failed);
    } catch (err) {
      failed(err);
    }
  };

  return {
    add(topic, listener, { onResync }) {
      const subscription = { listener, onResync };
      const known = topics.get(topic) ?? new Set();
      topics.set(topic, known.add(subscription));
      return () => {
        known.delete(subscription);
        if (known.size === 0 && topics.get(topic) === known) topics.delete(topic);
      };
    },
    tell(topic, id) {
      for (const { listener } of topics.get(topic) ?? []) call(topic, () => listener(id));
    },
    resync() {
      for (const [topic, known] of topics) {
        for (const { onResync } of known) call(topic, onResync);
      }
    },
  };
}
