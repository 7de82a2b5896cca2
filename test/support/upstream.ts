/** Servers of somebody else, on loopback: good ones, and such as do whatever a test makes them do. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { buildConnector } from 'undici';
import { createAddressGuard } from '#platform/outbound/addresses.ts';
import { guardedConnector } from '#platform/outbound/connector.ts';
import type { Connector } from '#platform/outbound/connector.ts';

export interface Upstream extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:…`, without a slash at its end. */
  readonly url: string;
  /** What was asked of it, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** Resolved by the first request. */
  readonly asked: Promise<void>;
  /** Every connection that it got, oldest first. */
  readonly sockets: readonly Socket[];
}

/** Runs until the end of the test: `await using upstream = await startUpstream(answer)`. */
export async function startUpstream(answer: RequestListener): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    requests.push(request);
    resolve();
    answer(request, response);
  });
  return { ...(await started(server)), requests, asked };
}

/** One that writes what no HTTP server would: `speak` gets every connection after its first bytes. */
export async function startRawUpstream(speak: (socket: Socket) => void): Promise<Upstream> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createRawServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        resolve();
        speak(socket);
      });
  });
  return { ...(await started(server)), requests: [], asked };
}

async function started(server: Server): Promise<Omit<Upstream, 'requests' | 'asked'>> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * Leads connections to these names to loopback, as if somebody else's servers were there. All other connections
 * are guarded as ever.
 */
export function outsideWorld(ports: Readonly<Record<string, number>>): Connector {
  const guarded = guardedConnector(createAddressGuard());
  const direct = buildConnector({ allowH2: false });
  return (options, callback) => {
    const port = ports[options.hostname];
    if (port === undefined) guarded(options, callback);
    else direct({ ...options, protocol: 'http:', hostname: '127.0.0.1', port: String(port) }, callback);
  };
}
