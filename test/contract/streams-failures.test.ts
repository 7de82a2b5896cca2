import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#contract';
import { get, streaming } from './reports.ts';
import { lines, silent, until } from './sources.ts';
import { ask, wire } from './wire.ts';

describe('a source that fails', () => {
  async function* failing() {
    yield 'first';
    await sleep(50); // What is written and not yet sent is lost with the connection.
    throw new Error('disk gone');
  }

  test('ends the connection in the middle of the reply, and is told', async () => {
    await using api = await streaming((_, reply) => reply(200, failing()));
    using client = await wire(api.port);
    client.send(get);
    expect(await client.closed()).toMatch(/\r\nfirst\r\n$/); // The last chunk, 0, does not come.
    expect(api.broken).toMatchObject([{ message: 'disk gone' }]);
    await expect(
      fetch(`http://127.0.0.1:${api.port}/report`).then((reply) => reply.text()),
    ).rejects.toThrow();
  });

  test('resets a client of HTTP/1.0, to which the end of the connection is the end of the reply', async () => {
    await using api = await streaming((_, reply) => reply(200, failing()));
    const client = connect({ port: api.port, host: '127.0.0.1' });
    client.write('GET /report HTTP/1.0\r\nHost: tiny\r\n\r\n');
    const [error] = await once(client.resume(), 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('before it gives anything, as a file that is not there, is a problem, and told as one', async () => {
    await using api = await streaming(async (_, reply) => {
      const made = reply(200, createReadStream('/nowhere'), { 'Content-Length': 7, ETag: '"1"' });
      await sleep(50);
      return made;
    });
    const answer = await api.http.get('/report').expect(500);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers).not.toHaveProperty('etag');
    expect(answer.text).not.toContain('nowhere');
    expect(api.problems).toMatchObject([{ status: 500, cause: { code: 'ENOENT' } }]);
    expect([api.broken, api.escaped]).toEqual([[], []]);
  });

  test('before it gives anything is the problem that the application makes of it, and is ended', async () => {
    const { seen, source } = silent();
    const busy = new Problem({ status: 503, code: 'busy', title: 'Busy', detail: 'Come back.' });
    const failing = Object.assign(source, { next: () => Promise.reject(new Error('pool')) });
    const replied: number[] = [];
    await using api = await streaming((_, reply) => reply(200, failing), {
      toProblem: () => busy,
      hooks: [{ replied: (_exchange, { status }) => void replied.push(status) }],
    });
    await api.http.get('/report').expect(503);
    expect([replied, seen.isEnded]).toEqual([[503], true]);
  });

  test('gave something else than text and bytes at once: it is a problem', async () => {
    await using api = await streaming((_, reply) => reply(200, Readable.from([{ id: 1 }])));
    await api.http.get('/report').expect(500);
  });

  test('after a second in which it gave nothing ends the connection', async () => {
    async function* late() {
      yield* [];
      await sleep(1_300);
      throw new Error('disk gone');
    }
    await using api = await streaming((_, reply) => reply(200, late()));
    using client = await wire(api.port);
    client.send(get);
    await client.receive(/^HTTP\/1\.1 200 /);
    await client.closed();
    expect(api.broken).toMatchObject([{ message: 'disk gone' }]);
  });

  test('while its client leaves before the first part is told to nobody, and is ended', async () => {
    const { seen, source } = silent();
    const { promise, reject } = Promise.withResolvers<IteratorResult<string>>();
    const failing = Object.assign(source, {
      next: () => {
        seen.isRead = true;
        return promise;
      },
    });
    await using api = await streaming((_, reply) => reply(200, failing));
    const client = await wire(api.port);
    client.send(get);
    await until(() => seen.isRead);
    client.abort();
    await until(() => seen.isEnded);
    reject(new Error('too late'));
    await sleep(20); // An unhandled rejection would end the process.
    expect([api.broken, api.escaped, api.problems]).toEqual([[], [], []]);
  });

  test.each<[what: string, source: AsyncIterable<unknown>, length: number | undefined]>([
    ['more bytes than announced', lines('ab', 'cd'), 3],
    ['fewer bytes than announced', lines('ab', 'cd'), 5],
    ['something else than text and bytes', Readable.from(['a', { id: 1 }]), undefined],
  ])('gave %s: nothing of it passes for a whole reply', async (_what, source, length) => {
    await using api = await streaming((_, reply) => reply(200, source, { 'Content-Length': length }));
    await expect(ask(api.port, { path: '/report' })).rejects.toThrow();
    expect(api.broken).toHaveLength(1);
    expect(api.escaped).toEqual([]);
  });
});
