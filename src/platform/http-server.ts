/** The HTTP server, with limits on what a connection may do before, between and after requests. */
import type * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketServer } from './realtime/socket-server.ts';
import { codingRefusal, hostRefusal, refuse, refuseOnSocket } from './http-refusals.ts';
import { createServer } from './node-http.ts';

export type HttpServerOptions = {
  /** PEM texts; present: HTTPS. */
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined;
  /** How long the headers of a request may take. */
  headersMs?: number;
  /** How long a client may take no byte of a reply that waits for it; Node itself waits for ever. */
  stalledReaderMs?: number;
  /** What takes the handshakes of WebSockets; without it they are ordinary requests. */
  sockets?: Pick<SocketServer, 'isHandshake' | 'attach'> | undefined;
};

/**
 * No `requestTimeout`: a healthy upload may take long, so whoever reads a body sets a deadline for it.
 * 65 s of keep-alive outlast the 60 s after which common proxies drop an idle connection.
 * A missing Host is refused by `hasOneHost`: Node would answer it without a body.
 */
const limits = {
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  requestTimeout: 0,
  insecureHTTPParser: false,
  requireHostHeader: false,
};

const maxConnections = 10_000;

type Traffic = { sockets: Set<Socket>; connections: Map<Duplex, Connection> };

/**
 * Kept for as long as the socket lives, and only its field changes with each request: a Map that grew and shrank
 * with them would leave its old tables in the old heap, each holding the requests of its time until a full
 * collection. That doubled the cost of collecting.
 */
type Connection = { reply: http.ServerResponse | undefined };

function emptyTraffic(): Traffic {
  return { sockets: new Set(), connections: new Map() };
}

/** What is open, per server, for `drain`. */
const trafficOf = new WeakMap<http.Server, Traffic>();

/** A server for `app` that does not listen yet. */
export function createHttpServer(
  app: http.RequestListener,
  { tls, sockets, headersMs = 10_000, stalledReaderMs = 60_000 }: HttpServerOptions = {},
): http.Server {
  const traffic = emptyTraffic();
  const listener = requestListener(app, traffic);
  // Without it Node would take every other upgrade out of HTTP as well, and answer none of them.
  const upgrades = sockets && { shouldUpgradeCallback: sockets.isHandshake };
  const options = { ...limits, ...upgrades, headersTimeout: headersMs };
  const server: http.Server = tls
    ? https.createServer({ ...options, handshakeTimeout: headersMs, ...tls }, listener)
    : createServer(options, listener);
  server.maxConnections = maxConnections;
  server.setTimeout(stalledReaderMs, (socket) => closeIfStalled(socket, traffic));
  server.on('connection', (socket) => trackSocket(socket, traffic));
  server.on('clientError', (error, socket) =>
    refuseOnSocket(error, socket, traffic.connections.get(socket)?.reply),
  );
  // An expectation we do not know is ignored, as the standard allows; Node would answer 417.
  server.on('checkExpectation', listener);
  sockets?.attach(server);
  trafficOf.set(server, traffic);
  return server;
}

function requestListener(app: http.RequestListener, { connections }: Traffic): http.RequestListener {
  return (req, res) => {
    // First of all: what the parser finds wrong later must not be answered a second time.
    const connection = connectionOf(req.socket, connections);
    connection.reply = res;
    res.once('close', () => {
      if (connection.reply === res) connection.reply = undefined;
    });
    if (!hasOneHost(req)) {
      refuse(res, hostRefusal);
      return;
    }
    if (!hasKnownCoding(req)) {
      refuse(res, codingRefusal);
      return;
    }
    app(req, res);
  };
}

/** Of two, Node takes the first and hides the other; a proxy in front may have gone by the other. */
function hasOneHost({ rawHeaders, httpVersion }: http.IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

/** Of any other coding Node learns only at the body, when a request without one has already been carried out. */
function hasKnownCoding({ headers }: http.IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return coding === undefined || coding.toLowerCase() === 'chunked';
}

/** Of a request's socket: with TLS not the one that was accepted. */
function connectionOf(socket: Duplex, connections: Map<Duplex, Connection>): Connection {
  const known = connections.get(socket);
  if (known) return known;
  const connection: Connection = { reply: undefined };
  connections.set(socket, connection);
  socket.once('close', () => connections.delete(socket));
  return connection;
}

function trackSocket(socket: Socket, { sockets }: Traffic): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** Called after a while without a byte in either direction; a handler that is still working is left alone. */
function closeIfStalled(socket: Socket, { connections }: Traffic): void {
  const isIdle = !connections.get(socket)?.reply;
  if (isIdle || socket.writableLength > 0) socket.destroy();
}

export type Listening = { url: string; port: number };

/** Resolves when connections are accepted; rejects with one sentence that says what to do. */
export function listen(
  server: http.Server,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<Listening>();
  const onError = (error: NodeJS.ErrnoException) =>
    reject(new Error(listenFault(error, host, port), { cause: error }));
  server.once('error', onError);
  server.listen(port, host, () => {
    server.off('error', onError);
    const taken = portOf(server);
    const scheme = server instanceof https.Server ? 'https' : 'http';
    resolve({ url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`, port: taken });
  });
  return promise;
}

function portOf(server: http.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listenFault({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken on ${host}. Stop the program that uses it, or set PORT.`;
    case 'EACCES':
      return `This user may not listen on port ${port} of ${host}. Set PORT to 1024 or higher.`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host name ${host} is not known. Set HOST to an IP address of this machine.`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${message}`;
  }
}

export type DrainOptions = {
  /** How long running requests may take to end. */
  graceMs: number;
  /** How long to go on accepting before that, so that clients read `Connection: close` and proxies look away. */
  announceMs?: number;
};

/**
 * Ends a server without breaking a request. Every reply from now on says `Connection: close`; after
 * `announceMs` no connection is accepted and idle ones are closed; what is open after `graceMs` more is cut,
 * upgraded sockets too. Resolves when no connection is left.
 */
export async function drain(server: http.Server, { graceMs, announceMs = 0 }: DrainOptions): Promise<void> {
  const { sockets, connections } = trafficOf.get(server) ?? emptyTraffic();
  server.prependListener('request', (_req, res) => endConnectionAfter(res));
  for (const { reply } of connections.values()) if (reply) endConnectionAfter(reply);
  if (announceMs > 0) await sleep(announceMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
  await closed;
  clearTimeout(cut);
}

function endConnectionAfter(reply: http.ServerResponse): void {
  if (reply.headersSent) reply.once('close', () => reply.req.socket.end());
  else reply.shouldKeepAlive = false;
}
