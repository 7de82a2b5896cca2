import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem, conflict } from '#contract';
import { until } from './sources.ts';
import { serve } from './support.ts';
import {
  avatar,
  bodyOf,
  closing,
  multipartType,
  partBytes,
  postProfile,
  shelf,
  title,
  uploads,
  uploadsUpTo,
} from './uploads.ts';
import { requestText, wire } from './wire.ts';
import type { FileSink, FileSinks } from '#contract';
import type { TestHandler, TinyOptions } from './support.ts';

const patient: TinyOptions = { bodyPace: { idleMs: 60_000, minBytesPerSecond: 0 } };
const impatient: TinyOptions = { bodyPace: { idleMs: 100, minBytesPerSecond: 0 } };
const whole = bodyOf(title, avatar);

function post(length: number): string {
  return requestText('POST /profiles', { ...multipartType, 'Content-Length': String(length) });
}

describe('a client that leaves in the middle of a file', () => {
  test('leaves nothing behind', async () => {
    const files = shelf();
    await using api = await serve(uploads, { ...patient, fileSinks: files });
    const client = await wire(api.port);
    client.send(post(whole.length + 50_000));
    client.send(
      Buffer.concat([partBytes(title), partBytes({ ...avatar, content: 'x'.repeat(500) }).subarray(0, -2)]),
    );
    await until(() => files.opened.length === 1);
    client.abort();
    await until(() => files.discarded.length === 1);
    await until(() => api.problems.length === 1);
    expect(api.problems).toMatchObject([
      { status: 400, message: 'The body ended before its announced length.' },
    ]);
    expect({ stored: files.stored.size, handled: api.handled, escaped: api.escaped }).toEqual({
      stored: 0,
      handled: [],
      escaped: [],
    });
  });

  test('leaves nothing behind of the files before it either', async () => {
    const files = shelf();
    await using api = await serve(uploads, { ...patient, fileSinks: files });
    const client = await wire(api.port);
    client.send(post(90_000));
    const paper = { name: 'papers', type: 'application/pdf', content: 'x' };
    client.send(
      Buffer.concat([
        partBytes({ ...paper, filename: 'a' }),
        partBytes({ ...paper, filename: 'b' }).subarray(0, -2),
      ]),
    );
    await until(() => files.opened.length === 2);
    client.abort();
    await until(() => api.problems.length === 1);
    expect({ stored: files.stored.size, discarded: files.discarded }).toEqual({
      stored: 0,
      discarded: ['a', 'b'],
    });
  });

  test('while its sink is being opened, is waited for, and the sink discarded', async () => {
    const files = shelf();
    const slow: FileSinks = { open: async (part, exchange) => { await sleep(200); return files.open(part, exchange); } }; // prettier-ignore
    await using api = await serve(uploads, { ...patient, fileSinks: slow });
    const client = await wire(api.port);
    client.send(post(90_000));
    client.send(partBytes(avatar));
    await sleep(50);
    client.abort();
    await until(() => api.problems.length === 1);
    expect({ opened: files.opened, discarded: files.discarded, escaped: api.escaped }).toEqual({
      opened: ['ada.png'],
      discarded: ['ada.png'],
      escaped: [],
    });
  });
});

test('a client that falls silent in a file gets a 408, and nothing stays', async () => {
  const files = shelf();
  await using api = await serve(uploads, { ...impatient, fileSinks: files });
  using client = await wire(api.port);
  client.send(post(whole.length));
  client.send(whole.subarray(0, -20));
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close/);
  expect({ stored: files.stored.size, discarded: files.discarded }).toEqual({
    stored: 0,
    discarded: ['ada.png'],
  });
});

test('a file that is refused is answered before the rest of it comes', async () => {
  await using api = await serve(uploads, { ...patient, fileSinks: shelf() });
  using client = await wire(api.port);
  client.send(post(90_000));
  client.send(partBytes({ ...avatar, type: 'text/html' }));
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 422 [^]*Connection: close[^]*contentType/);
  expect(api.escaped).toEqual([]);
});

test('a file longer than its maxLength is answered before the rest of it comes', async () => {
  await using api = await serve(uploads, { ...patient, fileSinks: shelf() });
  using client = await wire(api.port);
  client.send(post(90_000));
  client.send(partBytes({ ...avatar, content: 'x'.repeat(30_000) }).subarray(0, -2));
  expect(await client.closed()).toMatch(/^HTTP\/1\.1 422 [^]*maxLength/);
});

describe('a sink that fails', () => {
  const full = () =>
    new Problem({ status: 507, code: 'storage_full', title: 'Storage full', detail: 'No room.' });
  const failing = (sink: Partial<FileSink>): FileSinks & { discarded: number } => ({
    discarded: 0,
    open() {
      return { write: () => ({}), discard: () => void (this.discarded += 1), ...sink };
    },
  });

  test('while it writes, fails the request as it says, and is discarded', async () => {
    const sinks = failing({ write: (bytes) => pipeline(bytes, new Writable({ write: (_chunk, _encoding, done) => done(full()) })).then(() => ({})) }); // prettier-ignore
    const { status, body, escaped } = await postProfile(
      bodyOf(title, { ...avatar, content: 'x'.repeat(900) }),
      { options: { fileSinks: sinks } },
    );
    expect({ status, code: body.code, discarded: sinks.discarded, escaped }).toEqual({
      status: 507,
      code: 'storage_full',
      discarded: 1,
      escaped: [],
    });
  });

  test('while there are more bytes to come is no fault of theirs', async () => {
    const broken = () =>
      new Writable({ write: (_chunk, _encoding, done) => done(new Error('EIO /var/uploads')) });
    const sinks = failing({ write: (bytes) => pipeline(bytes, broken()).then(() => ({})) });
    const paper = { name: 'papers', filename: 'a.pdf', type: 'application/pdf', content: 'x'.repeat(90_000) };
    const { status, text } = await postProfile(bodyOf(title, paper), { options: { fileSinks: sinks } });
    expect({ status, discarded: sinks.discarded }).toEqual({ status: 500, discarded: 1 });
    expect(text).not.toContain('EIO');
  });

  test('with an error of its own, is a 500 that tells nothing', async () => {
    const sinks = failing({ write: () => Promise.reject(new Error('EIO /var/uploads')) });
    const { status, text } = await postProfile(whole, { options: { fileSinks: sinks } });
    expect({ status, discarded: sinks.discarded }).toEqual({ status: 500, discarded: 1 });
    expect(text).not.toContain('EIO');
  });

  test('to open, fails the request as it says', async () => {
    const sinks: FileSinks = { open: () => { throw full(); } }; // prettier-ignore
    expect(await postProfile(whole, { options: { fileSinks: sinks } })).toMatchObject({
      status: 507,
      escaped: [],
    });
  });

  test('to read to the end, is a 500: half a file is none', async () => {
    const sinks = failing({ write: () => ({}) });
    expect(await postProfile(whole, { options: { fileSinks: sinks } })).toMatchObject({
      status: 500,
      handled: [],
    });
    expect(sinks.discarded).toBe(1);
  });

  test('to discard, changes nothing of what the client hears', async () => {
    const sinks = failing({ write: async (bytes) => ({ count: (await bytes.toArray()).length }), discard: () => Promise.reject(new Error('EIO')) }); // prettier-ignore
    expect(await postProfile(bodyOf(avatar), { options: { fileSinks: sinks } })).toMatchObject({
      status: 422,
      escaped: [],
    });
  });
});

describe('the files of a request', () => {
  const run = (addProfile: TestHandler, options: TinyOptions = {}) =>
    postProfile(whole, { options: { ...options, handlers: { addProfile } } });

  test('stay when the handler has replied', async () => {
    const { status, files } = await run((_request, reply) => reply(200, {}));
    expect({ status, stored: [...files.stored.keys()], discarded: files.discarded }).toEqual({
      status: 200,
      stored: ['ada.png'],
      discarded: [],
    });
  });

  test('are discarded when the handler throws', async () => {
    const { status, files } = await run(() => { throw conflict('taken', 'There is one.'); }); // prettier-ignore
    expect({ status, stored: files.stored.size, discarded: files.discarded }).toEqual({
      status: 409,
      stored: 0,
      discarded: ['ada.png'],
    });
  });

  test('are discarded when a hook ends the request', async () => {
    const validated = () => { throw conflict('taken', 'There is one.'); }; // prettier-ignore
    const { status, files } = await postProfile(whole, { options: { hooks: [{ validated }] } });
    expect({ status, stored: files.stored.size }).toEqual({ status: 409, stored: 0 });
  });

  test('stay when the reply of the handler breaks the contract: it may have committed', async () => {
    const { status, files } = await run((_request, reply) => reply(200, {}, { Colour: 'red' }));
    expect({ status, stored: files.stored.size }).toEqual({ status: 500, stored: 1 });
  });
});

describe('a slow sink', () => {
  const slowly = (ms: number): FileSinks => ({
    open: () => ({
      async write(bytes) {
        for await (const _chunk of bytes) await sleep(ms);
        return {};
      },
      discard: () => undefined,
    }),
  });

  test('is not held against the client, which waits for it', async () => {
    await using api = await serve(uploadsUpTo(2 ** 24), { ...impatient, fileSinks: slowly(60) });
    const paper = {
      name: 'papers',
      filename: 'a',
      type: 'application/pdf',
      content: Buffer.alloc(1_500_000),
    };
    const client = request({
      port: api.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/profiles',
      headers: multipartType,
    });
    client.end(bodyOf(title, avatar, paper));
    const [reply] = await once(client, 'response');
    expect(reply.statusCode).toBe(200);
  });
});

test('a file of 400 MiB passes without growing the process', async () => {
  const megabyte = Buffer.alloc(1024 * 1024);
  const counting: FileSinks = {
    open: () => ({
      async write(bytes) {
        await pipeline(bytes, new Writable({ write: (_chunk, _encoding, done) => done() }));
        return {};
      },
      discard: () => undefined,
    }),
  };
  await using api = await serve(uploadsUpTo(2 ** 30), { fileSinks: counting });
  const client = request({
    port: api.port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/profiles',
    headers: multipartType,
  });
  const answered = once(client, 'response');
  client.write(
    Buffer.concat([
      partBytes(title),
      partBytes(avatar),
      partBytes({ name: 'papers', filename: 'a', type: 'application/pdf' }).subarray(0, -2),
    ]),
  );
  const send = async (megabytes: number) => {
    let most = 0;
    for (let count = 0; count < megabytes; count += 1) {
      if (!client.write(megabyte)) await once(client, 'drain');
      most = Math.max(most, process.memoryUsage().rss);
    }
    return most;
  };
  // The heap takes its size with the first of them; a plain copy to a disk grows by as much.
  const before = await send(100);
  const most = (await send(300)) - before;
  client.end(`\r\n${closing}`);
  const [reply] = await answered;
  expect({ status: reply.statusCode, hasGrown: most > 50 * 1024 * 1024 }).toEqual({
    status: 200,
    hasGrown: false,
  });
});
