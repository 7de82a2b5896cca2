/** The engine behind Express: hands a plain request in, writes the plain reply out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Contract, HandledReply } from './engine.ts';
import type { PlainRequest } from './exchange.ts';

export interface AdapterOptions<Principal, Req, Res> {
  /** Identity of a request, given by the logger that runs before. */
  requestOf(req: Req): { id: string; ip: string };
  /** How long a client may go on sending a body that nobody reads, so that it can take the reply. */
  readonly lingerMs?: number;
  /** Hears of every reply before it is written, for logs and metrics. */
  onReply?(reply: HandledReply<Principal>, res: Res): void;
}

/** Middleware for the contract's prefix; it answers every request there, so nothing may follow it. */
export function contractMiddleware<
  Principal,
  Req extends IncomingMessage & { originalUrl: string },
  Res extends ServerResponse,
>(
  contract: Contract<Principal>,
  { requestOf, onReply, lingerMs = 1_000 }: AdapterOptions<Principal, Req, Res>,
): (req: Req, res: Res) => Promise<void> {
  return async (req, res) => {
    const reply = await contract.handle(plainRequest(req, requestOf(req)));
    onReply?.(reply, res);
    writeReply(reply, { req, res, lingerMs });
  };
}

function plainRequest(
  req: IncomingMessage & { originalUrl: string },
  { id, ip }: { id: string; ip: string },
): PlainRequest {
  const url = req.originalUrl.startsWith('/') ? req.originalUrl : withoutOrigin(req.originalUrl);
  const at = url.indexOf('?');
  return {
    method: req.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    queryString: at < 0 ? '' : url.slice(at + 1),
    headers: req.headers,
    stream: req,
    id,
    ip,
  };
}

/** HTTP lets a client send the whole URL, as it would to a proxy. */
function withoutOrigin(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
}

interface Connection {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly lingerMs: number;
}

/** All headers at once: set one by one they cost more than the rest of the reply. */
function writeReply({ status, headers, body }: HandledReply, connection: Connection): void {
  const { req, res } = connection;
  if (res.destroyed || res.headersSent) return; // The client has gone.
  const list = listOf(headers, body);
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
function listOf(headers: Readonly<Record<string, string>>, body: string | undefined): string[] {
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name] ?? '');
  if (body !== undefined) list.push('Content-Length', String(Buffer.byteLength(body)));
  return list;
}

/** Skipping this much costs less than a new connection. */
const longestSkippedBytes = 64 * 1024;

function hasShortBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Infinity) <= longestSkippedBytes;
}

/** Mostly it is on its way already: Node skips it, and the connection can be used again. */
function endShortBody({ req, res, lingerMs }: Connection, body: string | undefined): void {
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
function endUnread({ req, res, lingerMs }: Connection, body: string | undefined): void {
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
