/** Sends requests exactly as they are given, and holds every reply to the contract. */
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { checkReply } from '../../test/support/contract-check.ts';

export interface Request {
  readonly method: string;
  /** From the root, with its query, percent-encoded as it shall go out. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface Client extends Disposable {
  /** Rejects, with all its faults, when the reply is not what the contract says. */
  send(request: Request): Promise<Reply>;
  /** The same without the check, for what is no request of the contract. */
  sendUnchecked(request: Request): Promise<Reply>;
}

/** A client of the server at this address; it keeps connections open until it is disposed of. */
export function createClient(url: string): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const sendUnchecked = async ({ method, path, headers, body }: Request): Promise<Reply> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = request({ agent, hostname, port, method, path, headers }, resolve);
    outgoing.on('error', reject);
    // A length is told, also of an empty body: otherwise Node sends DELETE in chunks.
    if (body !== undefined) outgoing.setHeader('Content-Length', Buffer.byteLength(body));
    outgoing.end(body);
    const reply = await promise;
    const text = await textOf(reply);
    return { status: reply.statusCode ?? 0, headers: singleHeaders(reply.headers), text };
  };
  return {
    sendUnchecked,
    async send(message) {
      const reply = await sendUnchecked(message);
      checkReply({ method: message.method, path: message.path }, reply);
      return reply;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** A stream of events need not end: its first one, or a sign of life, is enough. */
async function textOf(reply: IncomingMessage): Promise<string> {
  if (reply.headers['content-type'] !== 'text/event-stream') return (await buffer(reply)).toString('utf8');
  let text = '';
  for await (const part of reply.setEncoding('utf8')) {
    text += String(part);
    if (text.includes('\n\n')) break;
  }
  return text.slice(0, text.lastIndexOf('\n\n') + 2);
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** The request as a line for a shell; credentials stand there as `$TOKEN`. */
export function curlLine(url: string, { method, path, headers, body }: Request): string {
  const shown = Object.entries(headers).map(([name, value]) => {
    const isCredential = name === 'Authorization' && value.startsWith('Bearer ey');
    return isCredential ? '-H "Authorization: Bearer $TOKEN"' : `-H ${quoted(`${name}: ${value}`)}`;
  });
  const data = body === undefined ? [] : ['--data-binary', quotedBody(body)];
  return ['curl', '-i', '--path-as-is', '-X', method, ...shown, ...data, quoted(url + path)].join(' ');
}

function quotedBody(body: string | Buffer): string {
  const text = body.toString('utf8');
  const isText = Buffer.from(text).equals(Buffer.from(body));
  // Bytes that are no text go through a pipe.
  if (!isText || text.includes('\0')) return `@<(echo ${Buffer.from(body).toString('base64')} | base64 -d)`;
  return quoted(text.startsWith('@') ? ` ${text}` : text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
