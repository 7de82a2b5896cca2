/** The HTTP side of a socket: which requests are handshakes, and how they are answered like any other request. */
import * as http from '../node-http.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A handshake that waits for its answer. */
export interface Handshake {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly res: ServerResponse;
}

const key = /^[+/0-9A-Za-z]{22}==$/;

/** A whole handshake (RFC 6455, 4.1) without a body. Anything less stays an ordinary request, and gets 426. */
export function isHandshake({ method, headers, httpVersion }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    key.test(headers['sec-websocket-key'] ?? '') &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/**
 * The reply to a handshake, for the listeners of ordinary requests: so a refusal has the headers, the log line and the
 * counters of every other reply.
 */
export function replyTo(req: IncomingMessage, socket: Duplex): ServerResponse {
  const res = new http.ServerResponse(req);
  res.assignSocket(req.socket);
  // The parser has let go of the connection: there is no next request on it.
  res.shouldKeepAlive = false;
  res.once('finish', () => {
    if (res.socket === socket) socket.end();
  });
  return res;
}

/** Ends the reply of a handshake that succeeds: its 101 is written by ws, and what remains is for the log. */
export function concludeReply(res: ServerResponse): void {
  const nowhere = new Nowhere();
  res.detachSocket(res.req.socket);
  res.assignSocket(nowhere);
  res.statusCode = 101;
  res.end(() => nowhere.destroy());
}

/** Takes everything and sends it to nobody. */
class Nowhere extends Socket {
  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }

  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
}
