/** A client of sockets, as people use one: it has a ticket, sends messages and reads what comes. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '#features/realtime/participant.ts';
import type { TestApp } from './app.ts';
import { schemaFaults, schemaNamed } from './contract-check/document.ts';
import { recordReply } from './coverage.ts';
import type { Visitor } from './visitor.ts';

export interface SocketClient extends Disposable {
  readonly ws: WebSocket;
  /** Everything that has come so far. */
  readonly received: readonly ServerMessage[];
  send(message: ClientMessage): void;
  /** The first message like this that has come or comes. */
  hears(like: Partial<ServerMessage>): Promise<ServerMessage>;
  /** The code and reason with which the server closes, or has closed, within a few seconds. */
  closed(): Promise<{ code: number; reason: string }>;
}

const protocol = 'accord.v1';
export const socketPath = '/api/v1/ws';

export async function ticketOf(person: Visitor): Promise<string> {
  const { status, body } = await person.post('/auth/socket-ticket');
  if (status !== 200) throw new Error(`No ticket: ${status} ${JSON.stringify(body)}`);
  return body.ticket;
}

/**
 * Opens a socket with a new ticket of this person; `query`: with that ticket, in the query. Rejects with the status
 * of a refusal.
 */
export async function openSocket(
  app: TestApp,
  person: Visitor,
  { query }: { query?: string } = {},
): Promise<SocketClient> {
  const ws =
    query === undefined
      ? new WebSocket(socketUrl(app), [protocol, `ticket.${await ticketOf(person)}`])
      : new WebSocket(`${socketUrl(app)}?ticket=${query}`);
  const client = clientOf(ws);
  await once(ws, 'open');
  recordReply({ method: 'GET', path: socketPath }, 101);
  await client.hears({ type: 'joined', channel: 'lobby' });
  return client;
}

export function socketUrl(app: TestApp): string {
  return app.url.replace('http', 'ws') + socketPath;
}

function clientOf(ws: WebSocket): SocketClient {
  const received: ServerMessage[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
  const news = new EventTarget();
  ws.on('message', (data: Buffer) => {
    received.push(held(JSON.parse(data.toString())));
    news.dispatchEvent(new Event('heard'));
  });
  ws.on('error', () => undefined); // A handshake that is refused, a reset.
  ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  return {
    ws,
    received,
    send: (message) => ws.send(JSON.stringify(message)),
    // Not by the next look at everybody, which comes anyway.
    closed: () => Promise.race([closed, tooLate()]),
    async hears(like) {
      for (;;) {
        const found = received.find((message) => isLike(message, like));
        if (found) return found;
        await Promise.race([
          once(news, 'heard'),
          closed.then(({ code }) =>
            Promise.reject(new Error(`closed with ${code} before ${JSON.stringify(like)} came`)),
          ),
        ]);
      }
    },
    [Symbol.dispose]: () => ws.terminate(),
  };
}

async function tooLate(): Promise<never> {
  await sleep(10_000, undefined, { ref: false });
  throw new Error('The socket was not closed');
}

/** Held to the contract, by an implementation of its own. */
function held(message: ServerMessage): ServerMessage {
  const faults = schemaFaults(schemaNamed('ServerMessage'), message);
  if (faults) throw new Error(`${JSON.stringify(message)} breaks the contract: ${faults}`);
  return message;
}

function isLike(message: object, like: object): boolean {
  return Object.entries(like).every(([name, value]) => Reflect.get(message, name) === value);
}
