/** The server of sockets by itself: heartbeats, slow readers, and the way down. */
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { createMetrics } from '#platform/metrics.ts';
import type { Connection } from '#platform/realtime/connection.ts';
import { textFrame } from '#platform/realtime/frame.ts';
import { createSocketServer } from '#platform/realtime/socket-server.ts';
import type { SocketServer, SocketServerOptions } from '#platform/realtime/socket-server.ts';
import { recordingLog } from '../support/log.ts';

interface Running {
  readonly url: string;
  readonly sockets: SocketServer;
  readonly server: Server;
  readonly connections: Connection[];
  readonly texts: string[];
}

const running: Running[] = [];

afterEach(async () => {
  for (const { sockets, server } of running.splice(0)) {
    await sockets.close();
    await drain(server, { graceMs: 100 });
  }
});

/** A server that lets in every handshake. */
async function start(options: Partial<SocketServerOptions> = {}, onText?: () => never): Promise<Running> {
  const metrics = createMetrics();
  const { log } = recordingLog();
  const sockets = createSocketServer({ log, metrics, protocol: 'accord.v1', closeMs: 200, ...options });
  const [connections, texts]: [Connection[], string[]] = [[], []];
  const listener = {
    onText: (bytes: Buffer) => (onText ? onText() : void texts.push(bytes.toString())),
    onControl: () => undefined,
    onClose: () => undefined,
  };
  const server = createHttpServer(
    (req, res) => {
      if (!sockets.canUpgrade(req)) {
        res.writeHead(426).end();
        return;
      }
      sockets.upgrade(req, { 'X-Request-ID': 'request-1' }, (connection) => {
        connections.push(connection);
        connection.listen(listener);
      });
    },
    { sockets, stalledReaderMs: 300 },
  );
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
  metrics.close();
  const one = { url, sockets, server, connections, texts };
  running.push(one);
  return one;
}

async function dial({ url }: Running, options: object = {}): Promise<WebSocket> {
  const ws = new WebSocket(url.replace('http', 'ws'), ['accord.v1'], options);
  ws.on('error', () => undefined);
  await once(ws, 'open');
  return ws;
}

/** The code with which it closes; 1006: without a word. */
async function closeCode(ws: WebSocket): Promise<unknown> {
  const [code]: unknown[] = await once(ws, 'close');
  return code;
}

test('text goes both ways, in frames of every length', async () => {
  const api = await start();
  const ws = await dial(api);
  for (const length of [0, 125, 126, 65_535, 65_536, 70_000]) {
    const text = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2);
    api.connections[0]?.send(textFrame(text));
    const [heard]: unknown[] = await once(ws, 'message');
    expect(String(heard)).toBe(text);
  }
  ws.send('hello');
  while (api.texts.length === 0) await sleep(1);
  expect(api.texts).toEqual(['hello']);
  ws.close();
});

test('an idle socket outlives the patience for readers that stall', async () => {
  const ws = await dial(await start());
  await sleep(500);
  expect(ws.readyState).toBe(WebSocket.OPEN);
  ws.terminate();
});

test('who answers pings stays, who does not is ended', async () => {
  const api = await start({ heartbeatMs: 50 });
  const [alive, dead] = [await dial(api), await dial(api, { autoPong: false })];
  expect(await closeCode(dead)).toBe(1006);
  while (api.sockets.count > 1) await sleep(5);
  expect([alive.readyState, api.sockets.count]).toEqual([WebSocket.OPEN, 1]);
  alive.terminate();
});

test('who does not read is closed before the memory grows', async () => {
  const api = await start();
  const ws = await dial(api);
  ws.pause();
  const [connection] = api.connections;
  const frame = textFrame('x'.repeat(1_000_000));
  const before = process.memoryUsage().rss;
  for (let count = 0; count < 400; count += 1) {
    connection?.send(frame);
    await sleep(1);
  }
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(50);
  expect(connection?.isOpen).toBe(false);
  while (api.sockets.count > 0) await sleep(20);
  ws.terminate();
});

test('at the end everybody is told 1001, and nobody new is let in', async () => {
  const api = await start();
  const ws = await dial(api);
  const told = closeCode(ws);
  await api.sockets.close();
  expect(await told).toBe(1001);
  const late = new WebSocket(api.url.replace('http', 'ws'));
  const [error]: unknown[] = await once(late, 'error');
  expect(String(error)).toContain('426');
});

test('who does not say goodbye is not waited for', async () => {
  const api = await start({ closeMs: 100 });
  const ws = await dial(api);
  ws.pause();
  const began = performance.now();
  await api.sockets.close();
  expect(performance.now() - began).toBeLessThan(1_000);
  await drain(api.server, { graceMs: 5_000 });
  expect(performance.now() - began).toBeLessThan(2_000);
  ws.terminate();
});

test('a bug in what listens closes that socket, and ends nothing else', async () => {
  const api = await start({}, () => {
    throw new Error('a bug');
  });
  const [one, other] = [await dial(api), await dial(api)];
  one.send('hello');
  expect(await closeCode(one)).toBe(1011);
  expect(other.readyState).toBe(WebSocket.OPEN);
  other.terminate();
});
