/** Sends what other clients tidy up: any header, a body that is announced and never comes. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { checkReply } from '../support/contract-check.ts';
import type { Received } from '../support/contract-check/reply.ts';
import { asNode, prefix } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';
import { recordReply } from '../support/coverage.ts';
import type { TestApp } from '../support/app.ts';

export interface SweepRequest {
  /** Upper case. */
  readonly method: string;
  /** Below the prefix, with its query; sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Only so much of the body is promised, and nothing of it is sent. */
  readonly announcedBytes?: number;
  /** A handshake: the token, if there is one, is exchanged for a ticket. */
  readonly opensSocket?: boolean;
}

export interface SweepReply extends Received {
  readonly text: string;
  /** Parsed JSON; empty where there is none. */
  readonly body: Node;
}

/** The reply to a request, held to the contract and counted as covered by it. */
export async function send(app: TestApp, sent: SweepRequest): Promise<SweepReply> {
  const reply = await exchange(app, sent.opensSocket ? await handshakeOf(app, sent) : sent);
  const asked = { method: sent.method, path: prefix + sent.path };
  checkReply(asked, reply, app);
  recordReply(asked, reply.status);
  return reply;
}

async function exchange(app: TestApp, { method, path, headers, body, announcedBytes }: SweepRequest) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = announcedBytes ?? (body === undefined ? 0 : Buffer.byteLength(body));
  const framing = length > 0 ? { 'Content-Length': String(length) } : {};
  const outgoing = request(app.url + prefix + path, {
    method,
    headers: { ...headers, ...framing },
    agent: false,
  });
  outgoing.on('response', resolve).on('error', reject);
  outgoing.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  if (announcedBytes === undefined) outgoing.end(body);
  else outgoing.flushHeaders();
  const incoming = await promise;
  const received = incoming.statusCode === 101 ? '' : await text(incoming);
  if (announcedBytes !== undefined) outgoing.destroy();
  return {
    status: incoming.statusCode ?? 0,
    headers: single(incoming.headers),
    text: received,
    body: isJson(incoming.headers) ? asNode(JSON.parse(received)) : {},
  };
}

export function isJson(headers: Readonly<Record<string, unknown>>): boolean {
  return /^application\/(?:problem\+)?json\b/.test(String(headers['content-type']));
}

/** A token that gets no ticket is presented as one, and refused as one. Who brings a ticket needs no other. */
async function handshakeOf(app: TestApp, { headers = {}, ...sent }: SweepRequest): Promise<SweepRequest> {
  const { Authorization: authorization, ...others } = headers;
  const hasTicket = sent.path.includes('ticket=') || 'Sec-WebSocket-Protocol' in others;
  const issued =
    authorization && !hasTicket
      ? await exchange(app, {
          method: 'POST',
          path: '/auth/socket-ticket',
          headers: { Authorization: authorization },
        })
      : undefined;
  const ticket = issued && (issued.status === 200 ? issued.body['ticket'] : 'x'.repeat(43));
  const protocol = typeof ticket === 'string' ? `accord.v1, ticket.${ticket}` : 'accord.v1';
  return { ...sent, headers: { ...handshake, 'Sec-WebSocket-Protocol': protocol, ...others } };
}

const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function single(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}
