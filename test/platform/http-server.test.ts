import { once } from 'node:events';
import {
  request,
  type ClientRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttpServer, drain, listen, type HttpServerOptions } from '#platform/http-server.ts';

const host = '127.0.0.1';
let server: Server | undefined;

async function start(app: RequestListener, options?: HttpServerOptions) {
  server = createHttpServer(app, options);
  return { server, ...(await listen(server, { host, port: 0 })) };
}

afterEach(async () => {
  if (server) await drain(server, { graceMs: 0 });
  server = undefined;
});

const countBody: RequestListener = (req, res) => {
  req.on('error', () => {});
  void text(req).then(
    (body) => res.end(`${body.length} read`),
    () => res.destroy(),
  );
};

/** Everything that comes back for these bytes until the server closes the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, host);
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  return text(socket);
}

async function replyTo(sent: ClientRequest): Promise<IncomingMessage> {
  const reply = Promise.withResolvers<IncomingMessage>();
  sent.on('response', reply.resolve).on('error', reply.reject).end();
  return reply.promise;
}

describe('a request that can be read in two ways is refused with 400', () => {
  const post = 'POST / HTTP/1.1\r\nHost: a\r\n';
  test.each([
    ['a length and chunks', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks and a length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    ['the same length twice', `${post}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`],
    ['two lengths', `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`],
    ['a list of lengths', `${post}Content-Length: 4, 4\r\n\r\nabcd`],
    ['a signed length', `${post}Content-Length: +4\r\n\r\nabcd`],
    ['an unknown transfer coding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a coding after chunked', `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['a chunk size that is no number', `${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`],
    ['bare line feeds', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['one bare line feed', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n'],
    ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n'],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: b\r\n c\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n'],
    ['a blank in the path', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n'],
    ['no Host header', 'GET / HTTP/1.1\r\n\r\n'],
    ['an unknown method', 'STEAL / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['the greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00'],
  ])('%s', async (_title, bytes) => {
    const { port } = await start(countBody);
    const answer = await answerTo(port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/^Connection: close\r$/m);
    expect(answer).toMatch(/^Content-Type: application\/problem\+json\r$/m);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
      type: '/problems/bad_request',
      title: 'Bad request',
      status: 400,
      detail: expect.any(String),
      code: 'bad_request',
    });
  });
});

describe('a request that is too much is refused', () => {
  test.each([
    ['one large header', `X: ${'a'.repeat(20_000)}`],
    ['many headers', Array.from({ length: 1200 }, (_, index) => `x-${index}: some value`).join('\r\n')],
  ])('with 431 for %s', async (_title, headers) => {
    const { port } = await start(countBody);
    const answer = await answerTo(port, `GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(answer).toContain('"code":"headers_too_large"');
  });

  test('with 413 for large chunk extensions', async () => {
    const { port } = await start(countBody);
    const chunk = `1;${'a'.repeat(20_000)}\r\n`;
    const answer = await answerTo(
      port,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each([
    ['nothing', ''],
    ['half of the headers', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ])('with 408 for sending %s in time', async (_title, bytes) => {
    const { port } = await start(countBody, { headersMs: 100 });
    const answer = await answerTo(port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toContain('"code":"request_timeout"');
  });
});

describe('the server lives on', () => {
  test('when a client is gone before its refusal is written', async () => {
    const { port, url } = await start(countBody);
    for (let round = 0; round < 20; round += 1) {
      const socket = connect(port, host);
      await once(socket, 'connect');
      socket.write('GARBAGE\r\n\r\n');
      socket.resetAndDestroy();
    }
    expect(await (await fetch(url)).text()).toBe('0 read');
  });

  test('when the body breaks in the middle of a reply, which is cut and not answered twice', async () => {
    const { port, url } = await start((req, res) => {
      if (req.method === 'GET') return void res.end('fine');
      req.on('error', () => {});
      res.write('half');
    });
    const socket = connect(port, host);
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const answer = text(socket);
    await once(socket, 'readable');
    socket.write('ZZ\r\n');
    expect((await answer.catch(() => '')).match(/HTTP\/1\.1/g) ?? []).not.toHaveLength(2);
    expect(await (await fetch(url)).text()).toBe('fine');
  });

  test('when a client waits for something it does not know, which is ignored', async () => {
    const { url, port } = await start(countBody);
    const answer = await answerTo(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: luck\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('a connection that does not move', () => {
  const largeBody = Buffer.alloc(32 * 1024 * 1024);

  test('is closed when its client does not read the reply', async () => {
    const closed = Promise.withResolvers<boolean>();
    const { port } = await start(
      (_req, res) => {
        res.on('close', () => closed.resolve(res.writableFinished));
        res.end(largeBody);
      },
      { stalledReaderMs: 100 },
    );
    const socket = connect(port, host);
    socket.on('error', () => {});
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await closed.promise).toBe(false);
    socket.destroy();
  });

  test('is left alone while the handler works', async () => {
    const { url } = await start(
      (_req, res) => {
        setTimeout(() => res.end('late'), 400);
      },
      { stalledReaderMs: 100 },
    );
    expect(await (await fetch(url)).text()).toBe('late');
  });

  test('is left alone while a client reads in pieces', async () => {
    const { port } = await start((_req, res) => void res.end(largeBody), { stalledReaderMs: 500 });
    const reply = await replyTo(request({ port, host }));
    let bytes = 0;
    let pauses = 0;
    for await (const chunk of reply) {
      bytes += Buffer.byteLength(chunk);
      if (bytes > (pauses + 1) * 8_000_000) {
        pauses += 1;
        await sleep(150);
      }
    }
    expect(bytes).toBe(largeBody.length);
  });
});
