// A database behind this proxy does what it is asked, and the answer never comes: the connection breaks in between.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface CuttingProxy extends AsyncDisposable {
  /** The given URL, through the proxy. */
  readonly url: string;
  /** Once: the connection that sends this text is cut when the answer to it comes. */
  cutAfter(text: string): void;
  /** Whether there is nothing left to cut. */
  hasCut(): boolean;
}

export async function startCuttingProxy(targetUrl: string): Promise<CuttingProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let text: string | undefined;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let isDoomed = false;
    client.on('data', (chunk) => {
      isDoomed ||= text !== undefined && chunk.includes(text);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!isDoomed) return void client.write(chunk);
      text = undefined;
      client.destroy();
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    cutAfter: (sent) => (text = sent),
    hasCut: () => text === undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}
