/** The engine behind Express: hands a plain request in, writes the plain reply out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeStream } from './express-stream.ts';
import { discardStream, isStream } from './reply-source.ts';
import type { Contract, HandledReply } from './engine.ts';
import type { PlainRequest } from './exchange.ts';
import type { SentHeaders } from './reply-headers.ts';
import type { ReplyStream } from './reply-source.ts';

export interface AdapterOptions<Principal, Req, Res> {
  /** Identity of a request, given by the logger that runs before. */
  requestOf(req: Req): { id: string; ip: string };
  /** How long a client may go on sending a body that nobody reads, so that it can take the reply. */
  readonly lingerMs?: number;
  /** How long a stream of events may be silent before a comment is sent; proxies close after 60 s or so. */
  readonly heartbeatMs?: number;
  /** Hears of every reply before it is written, for logs and metrics. */
  onReply?(reply: HandledReply<Principal>, res: Res): void;
  /** Hears why a stream was cut off in its middle. */
  onBroken?(error: unknown, res: Res): void;
  /** What can make sockets of requests; without it no request becomes one. */
  readonly sockets?: SocketAdapter<Principal, Req> | undefined;
}

/** The part of a server of WebSockets that the engine asks. */
export interface SocketAdapter<Principal, Req> {
  /** Whether this request is a handshake that waits for its answer. */
  canUpgrade(req: Req): boolean;
  /** Answers it with 101. */
  upgrade(req: Req, reply: HandledReply<Principal>): void;
}

/** Middleware for the contract's prefix; it answers every request there, so nothing may follow it. */
export function contractMiddleware<
  Principal,
  Req extends IncomingMessage & { originalUrl: string },
  Res extends ServerResponse,
>(
  contract: Contract<Principal>,
  options: AdapterOptions<Principal, Req, Res>,
): (req: Req, res: Res) => Promise<void> {
  const { requestOf, onReply, onBroken, sockets, lingerMs = 1_000, heartbeatMs = 15_000 } = options;
  return async (req, res) => {
    const known = { ...requestOf(req), canUpgrade: sockets?.canUpgrade(req) };
    const reply = await contract.handle(plainRequest(req, res, known));
    onReply?.(reply, res);
    if (reply.status === 101) {
      sockets?.upgrade(req, reply);
      return;
    }
    const connection = { req, res, lingerMs };
    if (!isStream(reply.body)) writeWhole(reply, reply.body, connection);
    else if (!canBegin(connection) || req.method === 'HEAD') writeUnread(reply, reply.body, connection);
    else {
      const finish = beginStream(reply, connection);
      await writeStream(reply.body, {
        res,
        finish,
        heartbeatMs,
        onBroken: (error) => onBroken?.(error, res),
      });
    }
  };
}

function plainRequest(
  req: IncomingMessage & { originalUrl: string },
  res: ServerResponse,
  known: Pick<PlainRequest, 'id' | 'ip' | 'canUpgrade'>,
): PlainRequest {
  const url = req.originalUrl.startsWith('/') ? req.originalUrl : withoutOrigin(req.originalUrl);
  const at = url.indexOf('?');
  return {
    method: req.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    queryString: at < 0 ? '' : url.slice(at + 1),
    headers: req.headers,
    stream: req,
    ...known,
    outlet: res,
  };
}

/** HTTP lets a client send the whole URL, as it would to a proxy. */
function withoutOrigin(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
}

type WholeBody = string | Uint8Array | undefined;

interface Connection {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly lingerMs: number;
}

/** False when the client has gone. */
function canBegin({ res }: Connection): boolean {
  return !res.destroyed && !res.headersSent;
}

/** Of a stream the head alone: nothing is asked of its source. */
function writeUnread(reply: HandledReply, stream: ReplyStream, connection: Connection): void {
  discardStream(stream);
  writeWhole(reply, undefined, connection);
}

/** Writes the head; the result completes the reply, as its request demands. */
function beginStream({ status, headers }: HandledReply, connection: Connection): () => void {
  const { req, res } = connection;
  const list = listOf(headers, undefined);
  const isShort = hasShortBody(req);
  if (!req.complete && !isShort) list.push('Connection', 'close');
  res.writeHead(status, list);
  return () => {
    if (req.complete) res.end();
    else if (isShort) endShortBody(connection, undefined);
    else endUnread(connection, undefined);
  };
}

/** All headers at once: set one by one they cost more than the rest of the reply. */
function writeWhole({ status, headers }: HandledReply, body: WholeBody, connection: Connection): void {
  if (!canBegin(connection)) return;
  const { req, res } = connection;
  const list = listOf(headers, body);
  // Without it Node announces chunks, of which none comes. 204 and 304 have no length, and that of a HEAD is another's.
  if (body === undefined && status !== 204 && status !== 304 && req.method !== 'HEAD') {
    list.push('Content-Length', '0');
  }
  if (req.complete) res.writeHead(status, list).end(body);
  else if (hasShortBody(req) && status !== 408) {
    res.writeHead(status, list);
    endShortBody(connection, body);
  } else {
    res.writeHead(status, [...list, 'Connection', 'close']);
    endUnread(connection, body);
  }
}

/** Names and values by turns. */
function listOf(headers: SentHeaders, body: WholeBody): string[] {
  const list: string[] = [];
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (typeof value === 'string') list.push(name, value);
    else for (const one of value) list.push(name, one);
  }
  if (body !== undefined) list.push('Content-Length', String(Buffer.byteLength(body)));
  return list;
}

/** Skipping this much costs less than a new connection. */
const longestSkippedBytes = 64 * 1024;

function hasShortBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Infinity) <= longestSkippedBytes;
}

/** Mostly it is on its way already: Node skips it, and the connection can be used again. */
function endShortBody({ req, res, lingerMs }: Connection, body: WholeBody): void {
  res.end(body);
  // It does not end where reading was broken off, so ask whether it has come, not whether it was read.
  const timer = setTimeout(() => {
    if (!req.complete) req.socket.destroy();
  }, lingerMs);
  req.once('close', () => clearTimeout(timer));
}

/**
 * A long body that was refused is not read to its end: it could be endless. The reply is written at once,
 * then the connection closes, after a moment in which the client can take it: closing with bytes unread
 * makes the system throw away what was sent.
 */
function endUnread({ req, res, lingerMs }: Connection, body: WholeBody): void {
  res.flushHeaders();
  if (body !== undefined) res.write(body);
  const end = () => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, lingerMs);
  req.once('end', end).once('close', end);
  req.resume();
}
