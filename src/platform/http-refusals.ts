/** Answers to what never becomes a request of the application: the parser or the transport refuses it. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from './node-http.ts';

export type Refusal = { status: number; code: string; title: string; detail: string };

const badRequest = { status: 400, code: 'bad_request', title: 'Bad request' };

export const hostRefusal: Refusal = { ...badRequest, detail: 'Exactly one Host header is needed.' };

export const codingRefusal: Refusal = { ...badRequest, detail: 'The only transfer coding is chunked.' };

const parserRefusal: Refusal = { ...badRequest, detail: 'The request is not valid HTTP/1.1.' };

const refusalsByErrorCode = new Map<string | undefined, Refusal>([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: 431,
      code: 'headers_too_large',
      title: 'Request header fields too large',
      detail: 'The request line and the headers together are too large.',
    },
  ],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    {
      status: 413,
      code: 'content_too_large',
      title: 'Content too large',
      detail: 'Chunk extensions are too large.',
    },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: 408, code: 'request_timeout', title: 'Request timeout', detail: 'The headers took too long.' },
  ],
]);

/** Writes a refusal as a problem and closes the connection after it. */
export function refuse(res: ServerResponse, refusal: Refusal): void {
  const body = problemText(refusal);
  res.shouldKeepAlive = false;
  res.writeHead(refusal.status, {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
}

/** The same onto a bare socket, for Node's `clientError`; `reply` is the one under way there, if any. */
export function refuseOnSocket(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  reply: ServerResponse | undefined,
): void {
  // Once a part of a reply is out, an answer would be read as more of its body.
  if (!socket.writable || error.code === 'ECONNRESET' || reply?.headersSent) {
    socket.destroy();
    return;
  }
  socket.on('error', () => socket.destroy());
  socket.end(rawReply(refusalsByErrorCode.get(error.code) ?? parserRefusal), () => socket.destroy());
}

function rawReply(refusal: Refusal): string {
  const body = problemText(refusal);
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

function problemText({ status, code, title, detail }: Refusal): string {
  return JSON.stringify({ type: `/problems/${code}`, title, status, detail, code });
}
