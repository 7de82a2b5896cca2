/** A connection of its own that listens, outside of the pool: a pooler would hand it on to somebody else. */
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface ListeningOptions {
  readonly url: string;
  readonly channel: string;
  /** How often to ask whether the server is still there. */
  readonly keepaliveMs: number;
  /** How long connecting, and the answer to that question, may take. */
  readonly timeoutMs: number;
  onNotification(payload: string): void;
}

export interface ListeningConnection {
  /** Resolves with the reason when it is over, in whatever way; never rejects. */
  readonly ended: Promise<Error>;
  close(): Promise<void>;
}

/** Resolves when everything that is committed from now on will be heard. */
export async function openListeningConnection(options: ListeningOptions): Promise<ListeningConnection> {
  const { channel, timeoutMs } = options;
  // Our own, so that it can be destroyed: a server that is frozen answers no farewell.
  const socket = new Socket();
  const client = createClient(options, socket);
  const ended = endOf(client, socket);
  client.on('notification', ({ payload = '' }) => options.onNotification(payload));
  const keepalive = new AbortController();
  void ended.then(() => keepalive.abort());
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  void keepAsking(client, { ...options, socket, signal: keepalive.signal });
  return {
    ended,
    async close() {
      await Promise.race([client.end(), sleep(timeoutMs, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}

function createClient({ url, timeoutMs }: ListeningOptions, socket: Socket): Client {
  return new Client({
    connectionString: url,
    application_name: 'accord-bus',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => socket,
  });
}

/** After an error nothing more can be relied upon: news may be lost. */
function endOf(client: Client, socket: Socket): Promise<Error> {
  return new Promise((resolve) => {
    client.on('error', (error) => {
      resolve(error);
      socket.destroy();
    });
    client.on('end', () => resolve(new Error('The connection has ended')));
  });
}

type Asking = ListeningOptions & { readonly socket: Socket; readonly signal: AbortSignal };

/** A connection that nothing is sent on looks well for hours after its server has gone. */
async function keepAsking(client: Client, { keepaliveMs, socket, signal }: Asking): Promise<void> {
  try {
    for (;;) {
      await sleep(keepaliveMs, undefined, { signal, ref: false });
      await client.query('select 1');
    }
  } catch (error) {
    if (!signal.aborted) socket.destroy(Error.isError(error) ? error : undefined);
  }
}
