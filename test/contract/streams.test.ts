import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { contractMiddleware } from '#contract';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { get, report, streaming } from './reports.ts';
import { endless, lines, silent, until } from './sources.ts';
import { createTiny, serve } from './support.ts';
import { ask, requestText, wire } from './wire.ts';
import type { TestHandler } from './support.ts';

describe('a stream is sent', () => {
  test('from a generator, in chunks', async () => {
    await using api = await streaming((_, reply) => reply(200, lines('id\r\n', '', '1 é\r\n')));
    const { text: body, headers: sent } = await ask(api.port, { path: '/report' });
    expect([body, sent['content-type'], sent['transfer-encoding']]).toEqual([
      'id\r\n1 é\r\n',
      'text/csv; charset=utf-8',
      'chunked',
    ]);
    expect(sent).not.toHaveProperty('content-length');
  });

  test('from a file, with its length', async () => {
    const { size } = statSync(import.meta.filename);
    await using api = await streaming((_, reply) =>
      reply(200, createReadStream(import.meta.filename), { 'Content-Length': size }),
    );
    const { text: body, headers: sent } = await ask(api.port, { path: '/report' });
    expect([Buffer.byteLength(body), sent['content-length']]).toEqual([size, String(size)]);
    expect(sent).not.toHaveProperty('transfer-encoding');
  });

  test('from a stream of the web', async () => {
    const source = new Blob(['a', 'b']).stream();
    await using api = await streaming((_, reply) => reply(200, source));
    expect((await ask(api.port, { path: '/report' })).text).toBe('ab');
  });

  test('as bytes, of a media type that the handler names', async () => {
    await using api = await serve(report, {
      handlers: {
        getScan: (_, reply) =>
          reply(200, Readable.from([Buffer.from('GIF'), Buffer.from('89a')]), {
            'Content-Type': 'image/gif',
          }),
      },
    });
    const reply = await api.http.get('/scan').expect(200);
    expect([String(reply.body), reply.headers['content-type']]).toEqual(['GIF89a', 'image/gif']);
  });

  test('as a part of a file, where the contract has a 206', async () => {
    await using api = await streaming((_, reply) =>
      reply(206, lines('bc'), { 'Content-Range': 'bytes 1-2/4', 'Content-Length': 2 }),
    );
    const { status, text: body, headers: sent } = await ask(api.port, { path: '/report' });
    expect([status, body, sent['content-range'], sent['content-length']]).toEqual([
      206,
      'bc',
      'bytes 1-2/4',
      '2',
    ]);
  });

  test('and the connection is good for the next request', async () => {
    await using api = await streaming((_, reply) => reply(200, lines('a')));
    using client = await wire(api.port);
    client.send(get + get);
    await client.receive(/\r\n0\r\n\r\nHTTP\/1\.1 200 [^]*\r\n0\r\n\r\n$/);
  });

  test('whatever the client sends beside its request', async () => {
    await using api = await streaming((_, reply) => reply(200, endless('a', 100).source));
    using client = await wire(api.port);
    client.send(requestText('GET /report', { 'Content-Length': '9' }, 'half'));
    await client.receive(/(?:1\r\na\r\n){4}/); // Longer than it would be waited for after a reply.
    using other = await wire(api.port);
    other.send(requestText('GET /report', { 'Content-Length': '9999999' }, 'half'));
    await other.receive(/Connection: close[^]*(?:1\r\na\r\n){4}/);
  });
});

describe('at the pace of the client', () => {
  test('a slow reader stops the source instead of filling the memory', async () => {
    const { seen, source } = endless('x'.repeat(64 * 1024));
    await using api = await streaming((_, reply) => reply(200, source));
    const client = connect({ port: api.port, host: '127.0.0.1' }).pause();
    client.write(get);
    let before = -1;
    while (seen.parts !== before || before === 0) {
      before = seen.parts;
      await sleep(200);
    }
    expect(seen.parts).toBeLessThan(500); // 32 MB: what the system itself keeps for a connection, at most.
    client.destroy();
    await until(() => seen.isEnded);
  });
});

describe('a client that leaves', () => {
  test('ends a generator', async () => {
    const { seen, source } = endless('a', 5);
    await using api = await streaming((_, reply) => reply(200, source));
    const client = await wire(api.port);
    client.send(get);
    await client.receive(/\r\na\r\n/);
    client.abort();
    await until(() => seen.isEnded);
    expect([api.broken, api.escaped]).toEqual([[], []]);
  });

  test('ends a source that is silent', async () => {
    const { seen, source } = silent();
    await using api = await streaming((_, reply) => reply(200, source));
    const client = await wire(api.port);
    client.send(get);
    await until(() => seen.isRead);
    client.abort();
    await until(() => seen.isEnded);
  });

  test('destroys a stream of Node', async () => {
    const source = new Readable({ read: () => undefined });
    await using api = await streaming((_, reply) => reply(200, source));
    const client = await wire(api.port);
    client.send(get);
    await client.receive(/^HTTP\/1\.1 200 /);
    client.abort();
    await once(source, 'close');
    expect([api.broken, api.escaped]).toEqual([[], []]);
  });

  test('is told to the handler, while it works', async () => {
    const seen: string[] = [];
    await using api = await streaming(async (request, reply) => {
      const signal = request.signal;
      expect(request.signal).toBe(signal);
      seen.push('working');
      await once(signal, 'abort');
      seen.push('left');
      return reply(200, silent().source);
    });
    const client = await wire(api.port);
    client.send(get);
    await until(() => seen.length === 1);
    client.abort();
    await until(() => seen.length === 2);
  });

  test('is told to the handler that asks only afterwards', async () => {
    const left: boolean[] = [];
    await using api = await streaming(async (request, reply) => {
      await sleep(100);
      left.push(request.signal.aborted);
      return reply(200, lines('a'));
    });
    const client = await wire(api.port);
    client.send(get);
    await sleep(30);
    client.abort();
    await until(() => left.length > 0);
    expect(left).toEqual([true]);
  });

  test('before the reply is there leaves no source open', async () => {
    const { seen, source } = silent();
    await using api = await streaming(async (_, reply) => {
      await sleep(100);
      return reply(200, source);
    });
    const client = await wire(api.port);
    client.send(get);
    await sleep(30);
    client.abort();
    await until(() => seen.isEnded);
    expect(seen.isRead).toBe(false);
  });

  test('has not left when it has got everything', async () => {
    const signals: AbortSignal[] = [];
    await using api = await streaming((request, reply) => {
      signals.push(request.signal);
      return reply(200, lines('a'));
    });
    await ask(api.port, { path: '/report' });
    await sleep(50);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test('and what the source says to that is told, unless it is the signal itself', async () => {
    async function* failing(error: Error) {
      try {
        for (;;) {
          await sleep(5);
          yield 'a';
        }
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- What this test is about.
        throw error;
      }
    }
    const errors = [new Error('cannot let go'), new DOMException('left', 'AbortError')];
    await using api = await streaming((_, reply) => reply(200, failing(errors.shift() ?? new Error())));
    for (const told of [1, 1]) {
      const client = await wire(api.port);
      client.send(get);
      await client.receive(/\r\na\r\n/);
      client.abort();
      await sleep(100);
      expect(api.broken).toHaveLength(told);
    }
    expect(api.broken).toMatchObject([{ message: 'cannot let go' }]);
  });
});

describe('nothing is read of the source', () => {
  const etag = { ETag: '"1"' };

  test('for HEAD, which has the head of GET', async () => {
    const { seen, source } = silent();
    await using api = await streaming((_, reply) => reply(200, source, { 'Content-Length': 7, ...etag }));
    const { status, headers: sent } = await ask(api.port, { method: 'HEAD', path: '/report' });
    expect([status, sent['content-length'], sent['etag']]).toEqual([200, '7', '"1"']);
    expect(seen).toEqual({ isRead: false, isEnded: true });
  });

  test.each([200, 206])('for a 304 instead of a %d', async (status) => {
    const { seen, source } = silent();
    await using api = await streaming((_, reply) => reply(status, source, etag));
    const reply = await ask(api.port, { path: '/report', headers: { 'If-None-Match': '"1"' } });
    expect([reply.status, reply.text]).toEqual([304, '']);
    expect(seen).toEqual({ isRead: false, isEnded: true });
  });

  test.each<[what: string, handler: (source: unknown) => TestHandler]>([
    ['a wrong header', (source) => (_, reply) => reply(200, source, { Server: 'x' })],
    [
      'an undocumented media type',
      (source) => (_, reply) => reply(200, source, { 'Content-Type': 'text/html' }),
    ],
    ['no body in the contract', (source) => (_, reply) => reply(304, source)],
    ['JSON in the contract', (source) => (_, reply) => reply(400, source)],
  ])('for a reply that breaks the contract: %s', async (_what, handler) => {
    const { seen, source } = silent();
    await using api = await streaming(handler(source));
    await api.http.get('/report').expect(500);
    expect(seen).toEqual({ isRead: false, isEnded: true });
  });

  test('and a stream of Node is destroyed', async () => {
    const source = createReadStream(import.meta.filename);
    await using api = await streaming((_, reply) => reply(200, source));
    await ask(api.port, { method: 'HEAD', path: '/report' });
    expect([source.destroyed, source.bytesRead]).toEqual([true, 0]);
  });
});

test('a source whose reply a hook replaces is ended', async () => {
  const { seen, source } = silent();
  const replied = () => Promise.reject(new Error('no'));
  await using api = await streaming((_, reply) => reply(200, source), { hooks: [{ replied }] });
  await api.http.get('/report').expect(500);
  expect(seen.isEnded).toBe(true);
});

test('the end of the server is not held up by a stream longer than its grace', async () => {
  const { seen, source } = endless('a', 5);
  const contract = await createTiny(report, { handlers: { getReport: (_, reply) => reply(200, source) } });
  const server = createHttpServer(
    express().use(contractMiddleware(contract, { requestOf: () => ({ id: '1', ip: '127.0.0.1' }) })),
  );
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  using client = await wire(port);
  client.send(get);
  await client.receive(/\r\na\r\n/);
  await drain(server, { graceMs: 100 });
  await until(() => seen.isEnded);
  expect(await client.closed()).not.toMatch(/\r\n0\r\n/);
});
