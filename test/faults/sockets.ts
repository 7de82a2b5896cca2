/**
 * Promise: a thousand sockets hear a hundred messages a second, each of them all, and an idle one costs less than 50 KiB.
 * The server is a process of its own; this one is all of its clients.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { startOpenServer } from '../../scripts/fuzz/program.ts';
import type { OpenServer } from '../../scripts/fuzz/program.ts';
import { withTemporaryPostgres } from '../../scripts/generate/temporary-postgres.ts';
import { createDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/platform/database/database.ts';
import { migrateToLatest } from '../../src/platform/database/migrate.ts';
import { createPool } from '../../src/platform/database/pool.ts';
import { handshakeBytes, maskedText } from '../support/raw-socket.ts';

const sockets = 1_000;
const socketsOfUser = 10;
const messagesPerSecond = 100;
const senders = 20;
const seconds = 10;

await withTemporaryPostgres(async (url) => {
  await migrateToLatest({ url });
  const pool = createPool({ url, size: 2 });
  const tickets = await issueTickets(createDatabase(pool)).finally(() => pool.end());
  const secretKey = randomBytes(48).toString('base64');
  await using server = await startOpenServer({ databaseUrl: url, secretKey, execArgv: ['--expose-gc'] });
  const heard: Heard = { latencies: [], last: 0 };
  await settledRss(server);
  // What the first sockets load is no cost of the others.
  const clients = await open(server, tickets.slice(0, 50), heard);
  const before = await settledRss(server);
  clients.push(...(await open(server, tickets.slice(50), heard)));
  const kib = ((await settledRss(server)) - before) / 1024 / (tickets.length - 50);
  await server.resetVitals();
  const sent = await broadcast(clients.slice(0, senders));
  await untilQuiet(heard);
  const { busyMs, rssBytes } = await server.vitals();
  for (const client of clients) client.destroy();
  report({ ...heard, sent, kib, busyMs, peakMiB: rssBytes / 2 ** 20 });
});

interface Heard {
  readonly latencies: number[];
  /** When something came last. */
  last: number;
}

function report({
  latencies,
  sent,
  kib,
  busyMs,
  peakMiB,
}: Heard & { sent: number; kib: number; busyMs: number; peakMiB: number }) {
  const expected = sent * sockets;
  const missed = expected - latencies.length;
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  console.log(
    `sockets: ${sockets} open, ${kib.toFixed(0)} KiB each when idle (bound: 50); ${sent} messages in ${seconds} s to all of them: ` +
      `${latencies.length} deliveries, ${missed} missed, p50 ${ms(at(0.5))}, p99 ${ms(at(0.99))} (aim: 250 ms), longest ${ms(at(1 - 1e-9))}; ` +
      `longest turn of the server ${ms(busyMs)}, peak ${peakMiB.toFixed(0)} MiB`,
  );
  // Not by the time that it takes: others may be using the machine.
  if (missed !== 0 || kib > 50) process.exitCode = 1;
}

/** Straight into the database: signing in a hundred people is not what is measured. */
async function issueTickets(db: Db): Promise<string[]> {
  const users = sockets / socketsOfUser;
  await sql`insert into users (email, password_hash)
    select 'user-' || n || '@example.com', 'none' from generate_series(1, ${users}::int) n`.execute(db);
  const { rows: sessions } = await sql<{ id: string }>`
    insert into sessions (user_id, expires_at) select id, now() + interval '1 day' from users returning id`.execute(
    db,
  );
  const tickets = Array.from({ length: sockets }, () => randomBytes(32).toString('base64url'));
  const inAnHour = new Date(Date.now() + 3_600_000);
  const rows = tickets.map((ticket, index) => ({
    ticket_hash: createHash('sha256').update(ticket).digest(),
    session_id: sessions[index % users]?.id ?? '',
    token_expires_at: inAnHour,
    expires_at: inAnHour,
  }));
  await db.insertInto('socket_tickets').values(rows).execute();
  return tickets;
}

async function open({ url }: OpenServer, tickets: readonly string[], heard: Heard): Promise<Socket[]> {
  const clients: Socket[] = [];
  for (let first = 0; first < tickets.length; first += 10) {
    const some = tickets.slice(first, first + 10).map((ticket) => dial(url, ticket, heard));
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** Bare: a hundred thousand messages a second, taken apart as a client does, would measure this process. */
async function dial(url: string, ticket: string, heard: Heard): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(handshakeBytes('/api/v1/ws', ticket));
  await once(socket, 'data');
  let rest = '';
  socket.on('data', (data: Buffer) => {
    heard.last = performance.now();
    const text = rest + data.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(/sent:([\d.]+)\|/g)) {
      heard.latencies.push(heard.last - Number(match[1]));
      end = match.index + match[0].length;
    }
    // The beginning of a mark whose end is still on its way.
    rest = text.slice(Math.max(end, text.length - 30));
  });
  return socket;
}

/** Each sender its share, evenly spread over each second. */
async function broadcast(clients: readonly Socket[]): Promise<number> {
  const start = performance.now();
  let sent = 0;
  while (sent < messagesPerSecond * seconds) {
    const due = start + (sent / messagesPerSecond) * 1000;
    await sleep(Math.max(0, due - performance.now()));
    const text = `sent:${performance.now().toFixed(3)}|${'x'.repeat(100)}`;
    clients[sent % clients.length]?.write(maskedText(JSON.stringify({ type: 'message', text })));
    sent += 1;
  }
  return sent;
}

async function untilQuiet(heard: Heard): Promise<void> {
  while (performance.now() - heard.last < 1_000) await sleep(100);
}

/** After a while in which what is under way comes to its end, and without what the server needs no more. */
async function settledRss(server: OpenServer): Promise<number> {
  await sleep(2_000);
  return (await server.resetVitals()).rssBytes;
}
