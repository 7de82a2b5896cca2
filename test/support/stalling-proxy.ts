// A server behind this proxy can fall silent, as a frozen one does: connections stay open, nothing comes back.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface StallingProxy {
  /** The given URL, through the proxy. */
  url: string;
  stall: () => void;
  close: () => Promise<void>;
}

export async function startStallingProxy(targetUrl: string): Promise<StallingProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let stalled = false;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => stalled || to.write(chunk)).on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    url: throughPort(target, server.address()),
    stall: () => {
      stalled = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

function throughPort(target: URL, address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string')
    throw new Error('The proxy does not listen on a port.');
  const url = new URL(target);
  url.host = `127.0.0.1:${address.port}`;
  return url.href;
}
