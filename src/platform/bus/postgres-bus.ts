/** The bus on LISTEN and NOTIFY: one channel for all topics, one connection a process, and resync after each gap. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { checkNews } from '../bus.ts';
import type { Bus } from '../bus.ts';
import type { Logger } from '../log.ts';
import { waitAfter } from './backoff.ts';
import type { Backoff } from './backoff.ts';
import { openListeningConnection } from './listening-connection.ts';
import type { ListeningConnection } from './listening-connection.ts';
import { createSubscriptions } from './subscriptions.ts';

export interface PostgresBusOptions {
  /** Of a direct connection: listening belongs to a session, which a transaction pooler does not keep. */
  readonly url: string;
  readonly log: Logger;
  readonly keepaliveMs?: number;
  readonly timeoutMs?: number;
  readonly backoff?: Backoff;
}

const channel = 'accord';

/** Connects in the background and again after each loss, until it is closed. */
export function createPostgresBus({
  url,
  log,
  keepaliveMs = 5_000,
  timeoutMs = 5_000,
  backoff = { firstMs: 50, longestMs: 5_000 },
}: PostgresBusOptions): Bus {
  const subscriptions = createSubscriptions(log);
  const closing = new AbortController();

  const onNotification = (payload: string) => {
    const end = payload.indexOf(' ');
    subscriptions.tell(payload.slice(0, end), payload.slice(end + 1));
  };
  const open = () => openListeningConnection({ url, channel, keepaliveMs, timeoutMs, onNotification });

  const running = keepListening({ open, backoff, log, signal: closing.signal, onOpen: subscriptions.resync });
  return {
    async publish(db, topic, id) {
      checkNews(topic, id);
      await sql`select pg_notify(${channel}, ${`${topic} ${id}`})`.execute(db);
    },
    subscribe: subscriptions.add,
    async close() {
      closing.abort();
      await running;
    },
  };
}

interface Listening {
  open(): Promise<ListeningConnection>;
  /** A connection stands, and hears everything from now on. */
  onOpen(): void;
  readonly backoff: Backoff;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

async function keepListening({ open, onOpen, backoff, log, signal }: Listening): Promise<void> {
  let failures = 0;
  const isOver = () => signal.aborted;
  while (!isOver()) {
    try {
      const connection = await open();
      failures = 0;
      if (!isOver()) onOpen();
      const reason = await endOrAbort(connection, signal);
      if (reason) log.warn({ err: reason }, 'the bus lost its connection');
    } catch (err) {
      log.warn({ err }, 'the bus cannot connect');
    }
    failures += 1;
    await sleep(waitAfter(failures, backoff), undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Undefined when we are the ones who ended it. */
async function endOrAbort(connection: ListeningConnection, signal: AbortSignal): Promise<Error | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = () => resolve(undefined);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const reason = await Promise.race([connection.ended, aborted]);
  signal.removeEventListener('abort', abort);
  if (!reason) await connection.close();
  return reason;
}
