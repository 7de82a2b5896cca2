/** The server of WebSockets: handshakes, heartbeats, bounds and the way down. What is said on them is not its matter. */
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { closings, createConnection } from './connection.ts';
import type { Connection, OwnConnection } from './connection.ts';
import { concludeReply, isHandshake, replyTo } from './handshake.ts';
import type { Handshake } from './handshake.ts';
import { socketMetrics } from './socket-metrics.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';

export interface SocketServer {
  /** For `http.createServer`: which requests leave HTTP. All others stay what they are. */
  isHandshake(req: IncomingMessage): boolean;
  /** Makes ordinary requests of the handshakes that a server gets. */
  attach(server: Server): void;
  /** Whether a request is a handshake that waits for its answer. */
  canUpgrade(req: IncomingMessage): boolean;
  /** Answers a handshake with 101 and these headers besides. */
  upgrade(req: IncomingMessage, headers: UpgradeHeaders, open: (connection: Connection) => void): void;
  /** How many sockets are open. */
  readonly count: number;
  /** To be done when the last socket is closed. */
  onClosed(listener: () => Promise<void>): void;
  /** Tells every client 1001 and waits for its answer, for a while. No handshake succeeds any more. */
  close(): Promise<void>;
}

export type UpgradeHeaders = Readonly<Record<string, string | number | readonly string[]>>;

export interface SocketServerOptions {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'registry'>;
  /** The one that the server speaks. */
  readonly protocol: string;
  readonly maxMessageBytes?: number;
  readonly maxBufferedBytes?: number;
  readonly heartbeatMs?: number;
  /** How long a client may take to say goodbye. */
  readonly closeMs?: number;
}

type Settings = Required<SocketServerOptions>;

export function createSocketServer(options: SocketServerOptions): SocketServer {
  const settings: Settings = {
    maxMessageBytes: 64 * 1024,
    maxBufferedBytes: 1024 * 1024,
    heartbeatMs: 30_000,
    closeMs: 5_000,
    ...options,
  };
  const waiting = new WeakMap<IncomingMessage, Handshake>();
  const open = new Set<OwnConnection>();
  const counters = socketMetrics(settings.metrics.registry, () => open.size);
  const headersOf = new WeakMap<IncomingMessage, UpgradeHeaders>();
  const loadWs = once(() => createWebSocketServer(settings, headersOf));
  const heartbeat = setInterval(() => open.forEach((one) => one.probe()), settings.heartbeatMs).unref();
  let isClosing = false;
  const closers: (() => Promise<void>)[] = [];

  const onUpgrade = (server: Server, req: IncomingMessage, handshake: Omit<Handshake, 'res'>) => {
    // First of all: a reset while the caller is being authenticated would end the process.
    handshake.socket.on('error', destroySelf);
    const res = replyTo(req, handshake.socket);
    waiting.set(req, { ...handshake, res });
    server.emit('request', req, res);
  };

  const adopt = (ws: WebSocket, stream: Duplex, onOpen: (connection: Connection) => void) => {
    const hooks = {
      ...counters,
      onFailed: (err: unknown) => settings.log.error({ err }, 'a socket failed'),
      onClosed: (code: number) => {
        open.delete(connection);
        counters.onClosed(code);
      },
    };
    const connection: OwnConnection = createConnection(ws, stream, { ...settings, hooks });
    open.add(connection);
    try {
      onOpen(connection);
    } catch (err) {
      hooks.onFailed(err);
      connection.close(closings.failed);
    }
    // Its handshake was under way when the server began to stop.
    if (isClosing) connection.close(closings.goingAway);
  };

  return {
    isHandshake,
    attach(server) {
      server.on('upgrade', (req, socket, head) => onUpgrade(server, req, { socket, head }));
    },
    canUpgrade: (req) => !isClosing && waiting.has(req),
    upgrade(req, headers, onOpen) {
      const handshake = waiting.get(req);
      if (!handshake) throw new Error('This request is no handshake');
      waiting.delete(req);
      concludeReply(handshake.res);
      void loadWs().then((wss) => {
        const { socket, head } = handshake;
        headersOf.set(req, headers);
        wss.handleUpgrade(req, socket, head, (ws) => adopt(ws, socket, onOpen));
      });
    },
    get count() {
      return open.size;
    },
    onClosed: (listener) => {
      closers.push(listener);
    },
    async close() {
      isClosing = true;
      clearInterval(heartbeat);
      open.forEach((connection) => connection.close(closings.goingAway));
      const end = Date.now() + settings.closeMs;
      while (open.size > 0 && Date.now() < end) await sleep(10);
      open.forEach((connection) => connection.terminate());
      await Promise.all(closers.map((closer) => closer()));
    },
  };
}

/** Loaded with the first handshake: most starts need none of it at once. */
async function createWebSocketServer(
  { protocol, maxMessageBytes, closeMs }: Settings,
  headersOf: WeakMap<IncomingMessage, UpgradeHeaders>,
): Promise<WebSocketServer> {
  const ws = await import('ws');
  const limits = { maxPayload: maxMessageBytes, maxFragments: 64, closeTimeout: closeMs };
  const server = new ws.WebSocketServer({
    ...limits,
    noServer: true,
    clientTracking: false,
    // It costs more memory for each socket than everything else together.
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(protocol) && protocol,
  });
  server.on('headers', (lines, req) => {
    const headers = Object.entries(headersOf.get(req) ?? {});
    for (const [name, value] of headers) lines.push(`${name}: ${String(value)}`);
  });
  return server;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** No closure: it lives as long as the socket, and would keep the whole handshake. */
function destroySelf(this: Duplex): void {
  this.destroy();
}
