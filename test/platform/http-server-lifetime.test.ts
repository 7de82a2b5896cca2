import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';

const host = '127.0.0.1';
let server: Server | undefined;

async function start(app: RequestListener) {
  server = createHttpServer(app);
  return { server, ...(await listen(server, { host, port: 0 })) };
}

afterEach(async () => {
  if (server) await drain(server, { graceMs: 0 });
  server = undefined;
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === '::1');

const answerOk: RequestListener = (_req, res) => void res.end('ok');

async function replyTo(sent: ClientRequest): Promise<IncomingMessage> {
  const reply = Promise.withResolvers<IncomingMessage>();
  sent.on('response', reply.resolve).on('error', reply.reject).end();
  return reply.promise;
}

describe('listening', () => {
  test('tells the URL and the port that was free', async () => {
    const { url, port } = await start(answerOk);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(url)).status).toBe(200);
  });

  (hasIpv6 ? test : test.skip)('writes an IPv6 address in brackets', async () => {
    server = createHttpServer(answerOk);
    const { url } = await listen(server, { host: '::1', port: 0 });
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  });

  test('on a taken port says so in one sentence', async () => {
    const { port } = await start(answerOk);
    await expect(listen(createHttpServer(answerOk), { host, port })).rejects.toThrow(
      `Port ${port} is taken on 127.0.0.1. Stop the program that uses it, or set PORT.`,
    );
  });

  test('on an address of another machine says so in one sentence', async () => {
    const listening = listen(createHttpServer(answerOk), { host: '192.0.2.1', port: 0 });
    await expect(listening).rejects.toThrow('192.0.2.1 is not an address of this machine.');
  });

  test('may be tried again after a failure', async () => {
    const { port, server: first } = await start(answerOk);
    const second = createHttpServer(answerOk);
    await expect(listen(second, { host, port })).rejects.toThrow('is taken');
    await drain(first, { graceMs: 0 });
    server = second;
    await expect(listen(second, { host, port })).resolves.toEqual({ url: `http://${host}:${port}`, port });
  });
});

describe('draining', () => {
  /** A server whose replies wait for `release`. */
  async function startHeld() {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const started = await start((_req, res) => {
      arrived.resolve();
      void gate.promise.then(() => res.end('whole'));
    });
    return { ...started, arrived: arrived.promise, release: gate.resolve };
  }

  test('lets a running request finish and closes its connection after it', async () => {
    const { server: held, url, arrived, release } = await startHeld();
    const reply = fetch(url);
    await arrived;
    const drained = drain(held, { graceMs: 5000 });
    release();
    expect((await reply).headers.get('connection')).toBe('close');
    expect(await (await reply).text()).toBe('whole');
    await drained;
  });

  test('closes idle connections and accepts no new ones', async () => {
    const { server: idle, port } = await start(answerOk);
    const agent = new Agent({ keepAlive: true });
    await text(await replyTo(request({ port, host, agent })));
    await drain(idle, { graceMs: 60_000 });
    await expect(fetch(`http://${host}:${port}`)).rejects.toThrow();
    agent.destroy();
  });

  test('answers those who still come while it is announced, and tells them to go', async () => {
    const { server: announced, url } = await start(answerOk);
    const drained = drain(announced, { graceMs: 1000, announceMs: 200 });
    const reply = await fetch(url);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('connection')).toBe('close');
    await drained;
  });

  test('cuts what is still running after the grace', async () => {
    const { server: held, url, arrived } = await startHeld();
    const reply = fetch(url);
    await arrived;
    const cut = expect(reply).rejects.toThrow();
    await drain(held, { graceMs: 50 });
    await cut;
  });

  test('cuts upgraded sockets that their owner left open', async () => {
    const { server: upgrading, port } = await start(answerOk);
    const upgraded = Promise.withResolvers<Socket>();
    upgrading.on('upgrade', (_req, socket: Socket) => upgraded.resolve(socket));
    const client = connect(port, host);
    client.on('error', () => {});
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await upgraded.promise;
    await drain(upgrading, { graceMs: 50 });
    expect((await upgraded.promise).destroyed).toBe(true);
    client.destroy();
  });

  test('ends the connection of a reply whose headers were out before', async () => {
    const gate = Promise.withResolvers<void>();
    const { server: streaming, port } = await start((_req, res) => {
      res.write('one ');
      void gate.promise.then(() => res.end('two'));
    });
    const agent = new Agent({ keepAlive: true });
    const reply = await replyTo(request({ port, host, agent }));
    const drained = drain(streaming, { graceMs: 60_000 });
    gate.resolve();
    expect(await text(reply)).toBe('one two');
    await drained;
    agent.destroy();
  });

  test('of a server that never listened ends at once', async () => {
    await drain(createHttpServer(answerOk), { graceMs: 60_000 });
  });
});
