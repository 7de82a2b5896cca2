/** Sends attacks and keeps the book: what was sent, what came back, and what should not have. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Client, Reply } from '../../scripts/fuzz/client.ts';
import { table } from '../../scripts/fuzz/report.ts';
import type { Attack } from './attacks/attack.ts';
import type { WireAttack } from './attacks/wire.ts';

interface Entry {
  readonly operations: Set<string>;
  requests: number;
  readonly statuses: Map<number, number>;
}

export type Book = Map<string, Entry>;

/** What is wrong with a reply beyond its status. */
export type Judge = (reply: Reply) => string | undefined;

interface Sortie {
  readonly title: string;
  readonly book: Book;
  readonly client: Client;
}

/** More at once would only wait for each other. */
const atOnce = 8;

/** One fault brings others: what it destroys is not there for the next attacks. */
const mostTold = 30;

/** The faults of all replies, one line each. `judge` looks at what the expected status does not say. */
export async function besiege(
  { title, book, client }: Sortie,
  attacks: readonly Attack[],
  { judge = () => undefined, unchecked = false }: { judge?: Judge; unchecked?: boolean } = {},
): Promise<string[]> {
  return inParallel(attacks, async ({ operation, name, request, expected }) => {
    const which = `${operation.id} (${title}, ${name})`;
    try {
      const reply = await (unchecked ? client.sendUnchecked(request) : client.send(request));
      note(book, title, { operation: operation.id, status: reply.status });
      if (!expected.includes(reply.status))
        return `${which}: ${reply.status} instead of ${expected.join(' or ')}: ${reply.text}`;
      const fault = judge(reply);
      return fault && `${which}: ${fault}`;
    } catch (error) {
      return `${which}: ${String(error)}`;
    }
  });
}

/** The same for bytes on sockets of their own. The reply must be HTTP with an expected status, and a problem. */
export async function besiegeOnWire(
  { title, book, url }: Omit<Sortie, 'client'> & { readonly url: string },
  attacks: readonly WireAttack[],
): Promise<string[]> {
  return inParallel(attacks, async ({ operation, name, bytes, expected }) => {
    const text = await exchange(url, bytes);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
    note(book, title, { operation: operation.id, status });
    const isProblem = text.toLowerCase().includes('content-type: application/problem+json');
    if (expected.includes(status) && isProblem && !/^(?:set-cookie|x-evil):/im.test(text)) return undefined;
    return `${operation.id} (${title}, ${name}): ${text.slice(0, 300) || 'no reply'}`;
  });
}

/** Everything that comes back until the server ends the connection. */
async function exchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => (received += String(text)));
  socket.on('error', () => undefined); // A reset shows in what was received.
  await once(socket, 'connect');
  socket.write(Buffer.from(bytes, 'latin1'));
  socket.setTimeout(5_000, () => socket.destroy());
  await once(socket, 'close');
  return received;
}

async function inParallel<T>(
  tasks: readonly T[],
  run: (task: T) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = [];
  const waiting = tasks.values();
  const worker = async () => {
    for (const task of waiting) {
      const fault = await run(task);
      if (fault) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return faults.length > mostTold ? [...faults.slice(0, mostTold), `${faults.length} faults in all`] : faults;
}

function note(book: Book, title: string, { operation, status }: { operation: string; status: number }): void {
  const entry: Entry = book.get(title) ?? { operations: new Set(), requests: 0, statuses: new Map() };
  entry.operations.add(operation);
  entry.requests += 1;
  entry.statuses.set(status, (entry.statuses.get(status) ?? 0) + 1);
  book.set(title, entry);
}

/** One line an attack class. */
export function bookText(book: Book): string {
  const rows = [...book].map(([title, { operations, requests, statuses }]) => [
    title,
    String(operations.size),
    String(requests),
    [...statuses]
      .sort(([left], [right]) => left - right)
      .map(([status, times]) => `${status} × ${times}`)
      .join(', '),
  ]);
  return table([['attack', 'operations', 'requests', 'statuses seen'], ...rows]);
}
