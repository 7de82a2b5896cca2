/** What a hostile client can do to a socket, and to the server through one: close its own, and nothing else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { Pool } from 'pg';
import { WebSocket } from 'ws';
import { createClient } from '../../scripts/fuzz/client.ts';
import type { Client } from '../../scripts/fuzz/client.ts';
import { enlist } from '../../scripts/fuzz/crew.ts';
import { startOpenServer } from '../../scripts/fuzz/program.ts';
import type { OpenServer } from '../../scripts/fuzz/program.ts';
import { testSecret } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { answerTo, handshakeBytes, maskedText, openRawSocket } from '../support/raw-socket.ts';
import type { RawSocket } from '../support/raw-socket.ts';

const path = '/api/v1/ws';
let database: TestDatabase;
let server: OpenServer;
let pool: Pool;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startOpenServer({ databaseUrl: database.url, secretKey: testSecret });
  pool = new Pool({ connectionString: database.url, max: 2 });
  client = createClient(server.url);
});

afterAll(async () => {
  client[Symbol.dispose]();
  await server.stop();
  await pool.end();
  await database.drop();
});

async function newTicket(): Promise<string> {
  const { accessToken } = await enlist({ pool, client });
  const headers = { Authorization: `Bearer ${accessToken}` };
  const reply = await client.send({ method: 'POST', path: '/api/v1/auth/socket-ticket', headers });
  return JSON.parse(reply.text).ticket;
}

async function attacker(): Promise<RawSocket> {
  return openRawSocket(server.url, { path, ticket: await newTicket() });
}

/** Somebody else, who goes on as if nothing had happened. */
async function bystander(): Promise<WebSocket> {
  const ws = new WebSocket(server.url.replace('http', 'ws') + path, [
    'accord.v1',
    `ticket.${await newTicket()}`,
  ]);
  await once(ws, 'open');
  return ws;
}

const mask = '00000000';

test.each([
  ['an unmasked frame', '8100', 1002],
  ['an unknown opcode', `8380${mask}`, 1002],
  ['a reserved bit', `c180${mask}`, 1002],
  ['text that is no UTF-8', `8181${mask}ff`, 1007],
  ['a close code that nobody may send', `8882${mask}03ed`, 1002],
  ['a close code of one byte', `8881${mask}03`, 1002],
  ['a close reason that is no UTF-8', `8883${mask}03e8ff`, 1007],
  ['a length of 2^63', `81ff8000000000000000${mask}`, 1009],
  ['a length of 65,537', `81ff0000000000010001${mask}`, 1009],
  ['a ping of 126 bytes', `89fe007e${mask}${'00'.repeat(126)}`, 1002],
  ['a fragmented ping', `0980${mask}`, 1002],
  ['a continuation of nothing', `8080${mask}`, 1002],
  ['a message within a message', `0180${mask}8180${mask}`, 1002],
  ['a binary message', `8281${mask}01`, 1003],
  ['100 empty fragments', `0180${mask}${`0080${mask}`.repeat(100)}`, 1008],
  [
    'fragments of more than 64 KiB',
    `01fe8000${mask}${'61'.repeat(32_768)}00fe8001${mask}${'61'.repeat(32_769)}`,
    1009,
  ],
  ['10,000 pings', `8980${mask}`.repeat(10_000), 1008],
  [
    '200 messages at once',
    Array.from({ length: 200 }, () => maskedText('{"type":"message","text":"a"}').toString('hex')).join(''),
    1008,
  ],
  ['20 messages that are none', maskedText('{}').toString('hex').repeat(20), 1008],
])('%s closes the socket that sent it, and no other', async (_what, hex, code) => {
  const other = await bystander();
  using raw = await attacker();
  raw.write(hex);
  expect(await raw.closeCode()).toBe(code);
  other.ping();
  await once(other, 'pong');
  other.terminate();
});

test('a message of 90 MB is cut off long before its end', async () => {
  using raw = await attacker();
  await server.resetVitals();
  raw.write(`81ff00000000055d4a80${mask}`);
  const megabyte = Buffer.alloc(1_000_000);
  for (let sent = 0; sent < 90 && !raw.socket.destroyed; sent += 1) {
    if (!raw.socket.write(megabyte))
      await Promise.race([once(raw.socket, 'drain'), once(raw.socket, 'close')]);
  }
  expect(await raw.closeCode()).toBe(1009);
  expect((await server.vitals()).busyMs).toBeLessThan(250);
});

test('who leaves without a word, or in the middle of one, leaves nothing behind', async () => {
  for (const bytes of ['', '81', `81fe0100${mask}61`]) {
    const raw = await attacker();
    raw.write(bytes);
    raw.socket.resetAndDestroy();
  }
  for (let count = 0; count < 50; count += 1) {
    const { hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(handshakeBytes(path, 'x'.repeat(43)));
    if (count % 2 === 0) await sleep(count / 10);
    socket.resetAndDestroy();
  }
  for (;;) {
    const { text } = await client.sendUnchecked({ method: 'GET', path: '/metrics', headers: {} });
    if (/^websocket_connections 0$/m.test(text) && /^http_requests_in_flight 1$/m.test(text)) break;
    await sleep(20);
  }
});

test('3,000 anonymous handshakes at once are refused, keep nobody waiting, and leave nothing', async () => {
  const { rssBytes: before } = await server.resetVitals();
  const answers = Promise.all(
    Array.from({ length: 3_000 }, () => answerTo(server.url, handshakeBytes(path))),
  );
  const start = performance.now();
  await client.sendUnchecked({ method: 'GET', path: '/livez', headers: {} });
  const waitedMs = performance.now() - start;
  expect(new Set((await answers).map((answer) => answer.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 401']));
  expect(waitedMs).toBeLessThan(2_000);
  expect(((await server.vitals()).rssBytes - before) / 2 ** 20).toBeLessThan(100);
});

const handshake = handshakeBytes(path, 'x'.repeat(43));
/** A reply that is not about a handshake leaves the connection open unless it is asked not to. */
const closing = handshake.replace('Connection: Upgrade', 'Connection: Upgrade, close');

test.each([
  ['a foreign origin', handshake.replace('\r\n\r\n', '\r\nOrigin: https://evil.test\r\n\r\n'), 403],
  ['the origin null', handshake.replace('\r\n\r\n', '\r\nOrigin: null\r\n\r\n'), 403],
  ['a ticket of nobody', handshake, 401],
  ['a ticket that is SQL', handshakeBytes(`${path}?ticket=%27%20or%201=1--`), 401],
  ['a ticket with NUL', handshakeBytes(`${path}?ticket=%00`), 401],
  ['a ticket of 10,000 characters', handshakeBytes(`${path}?ticket=${'x'.repeat(10_000)}`), 401],
  ['no ticket', handshakeBytes(path), 401],
  ['another version', closing.replace('Version: 13', 'Version: 8'), 426],
  ['a key that is none', closing.replace('dGhlIHNhbXBsZSBub25jZQ==', 'x'), 426],
  ['a body', handshake.replace('\r\n\r\n', '\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc'), 426],
  ['HTTP/1.0', handshake.replace('HTTP/1.1', 'HTTP/1.0'), 426],
  ['another path', handshakeBytes('/api/v1/items'), 401],
  ['a path that is none', handshakeBytes('/api/v1/nothing'), 404],
  [
    'another method',
    handshake.replace('GET', 'POST').replace('Connection: Upgrade', 'Connection: close'),
    405,
  ],
  ['two hosts', handshake.replace('\r\n\r\n', '\r\nHost: evil.test\r\n\r\n'), 400],
])('a handshake with %s is refused by a problem: %#', async (_what, bytes, status) => {
  const answer = await answerTo(server.url, bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
});

test('the server is the one that it was, and has logged no fault', async () => {
  expect(server.errors).toEqual([]);
  using raw = await attacker();
  raw.writeText('{"type":"message","text":"Still here."}');
  let received = '';
  for await (const bytes of raw.socket) {
    received += String(bytes);
    if (received.includes('Still here.')) break;
  }
  expect(received).toContain('Still here.');
});
