/** Clients that say exactly what a test wants, byte by byte, and keep what comes back. */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

export interface Wire extends Disposable {
  send(bytes: string | Buffer): void;
  /** Resolves with everything received so far once it matches; rejects when the connection ends before. */
  receive(pattern: RegExp): Promise<string>;
  /** Resolves with everything received when the server closes the connection. */
  closed(): Promise<string>;
  /** Ends the connection at once, in the middle of whatever it was. */
  abort(): void;
}

/** Connects to a server on this machine. */
export async function wire(port: number): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  let received = '';
  let isClosed = false;
  let heard = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<string>();
  const tell = () => {
    heard.resolve();
    heard = Promise.withResolvers();
  };
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    received += String(text);
    tell();
  });
  // A reset shows in what was received. `once` of node:events would reject for it and lose that.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    tell();
    closing.resolve(received);
  });
  return {
    send: (bytes) => socket.write(bytes),
    async receive(pattern) {
      while (!pattern.test(received)) {
        if (isClosed) throw new Error(`Closed before ${pattern} came: ${received}`);
        await heard.promise;
        await sleep(1);
      }
      return received;
    },
    closed: () => closing.promise,
    abort: () => socket.resetAndDestroy(),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** A request in HTTP/1.1; the headers of the body, if any, are the test's own. */
export function requestText(line: string, headers: Record<string, string> = {}, body = ''): string {
  const lines = Object.entries({ Host: 'tiny', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Question {
  readonly method?: string;
  /** Sent as it is: other clients tidy it up. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** One request on a connection of its own. */
export async function ask(
  port: number,
  { method = 'GET', path, headers = {}, body }: Question,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, resolve);
  outgoing.on('error', reject);
  outgoing.end(body);
  const reply = await promise;
  return { status: reply.statusCode ?? 0, headers: reply.headers, text: await text(reply) };
}
