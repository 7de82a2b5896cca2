/** Sends requests as they are given, over HTTP. */
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Request {
  readonly method: string;
  /** From the root, with its query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

export interface Reply {
  readonly status: number;
  /** Without its parameters, in lower case; empty where there is none. */
  readonly mediaType: string;
  readonly allow: string | undefined;
  readonly text: string;
}

export interface Client extends Disposable {
  /** Rejects when there is no reply within ten seconds. */
  send(request: Request): Promise<Reply>;
}

const timeoutMs = 10_000;

/** A client of the server at this address; it keeps its connections until it is disposed of. */
export function createClient(origin: string): Client {
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  return {
    async send({ method, path, headers, body }) {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const signal = AbortSignal.timeout(timeoutMs);
      const outgoing = request({ agent, hostname, port, method, path, headers, signal }, resolve);
      outgoing.on('error', reject);
      // A length is told, also of an empty body: otherwise Node sends DELETE in chunks.
      if (body !== undefined) outgoing.setHeader('Content-Length', Buffer.byteLength(body));
      outgoing.end(body);
      const reply = await promise;
      const text = (await buffer(reply)).toString('utf8');
      const [mediaType = ''] = (reply.headers['content-type'] ?? '').split(';');
      return {
        status: reply.statusCode ?? 0,
        mediaType: mediaType.trim().toLowerCase(),
        allow: reply.headers.allow,
        text,
      };
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
