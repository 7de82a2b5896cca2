/** What both stores promise, on a folder and on a real S3 server; and what only S3 can get wrong. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { createS3Storage } from '#platform/storage/s3-storage.ts';
import type { S3Storage } from '#platform/storage/s3-storage.ts';
import { StorageFull, StorageUnavailable } from '#platform/storage/storage.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { missingS3Server, startS3Server } from '../support/s3.ts';
import type { S3Server } from '../support/s3.ts';
import { portOf } from '../support/smtp.ts';

const mebibyte = 1_048_576;

let folder: string;
let server: S3Server;
let s3: S3Storage;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accord-storage-'));
  if (missingS3Server !== undefined) return;
  server = await startS3Server();
  s3 = createS3Storage(server.config);
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  if (missingS3Server !== undefined) return;
  s3.close();
  await server.stop();
});

const suffix = missingS3Server === undefined ? '' : ` (skipped: ${missingS3Server})`;
const onS3 = missingS3Server === undefined ? describe : describe.skip;

function storeTests(store: () => Storage) {
  test('a file is read again, whole and in part', async () => {
    const id = randomUUID();
    await store().write(id, bytesOf('Hello, ', 'world'));
    expect(await textOf(store(), id, 0, 11)).toBe('Hello, world');
    expect(await textOf(store(), id, 7, 8)).toBe('wo');
  });

  test('an empty file is kept and listed', async () => {
    const id = randomUUID();
    await store().write(id, bytesOf());
    expect(await idsIn(store())).toContain(id);
  });

  test('a file of several parts comes back byte for byte', async () => {
    const [id, content] = [randomUUID(), randomBytes(12 * mebibyte + 7)];
    await store().write(id, slicesOf(content));
    const read = await buffer(await store().read(id, { start: 0, end: content.length - 1 }));
    expect(read.equals(content)).toBe(true);
    const middle = await buffer(await store().read(id, { start: 5 * mebibyte - 3, end: 5 * mebibyte + 3 }));
    expect(middle.equals(content.subarray(5 * mebibyte - 3, 5 * mebibyte + 4))).toBe(true);
  });

  test.each([4, 12 * mebibyte])('bytes that fail after %d leave nothing, and say why', async (size) => {
    const id = randomUUID();
    await expect(store().write(id, brokenAfter(size))).rejects.toThrow('the client has left');
    expect(await idsIn(store())).not.toContain(id);
    await expect(store().read(id, { start: 0, end: 0 })).rejects.toThrow(StorageUnavailable);
  });

  test('what is removed is gone, and may be removed again', async () => {
    const id = randomUUID();
    await store().write(id, bytesOf('x'));
    await store().remove(id);
    await store().remove(id);
    expect(await idsIn(store())).not.toContain(id);
    await expect(store().read(id, { start: 0, end: 0 })).rejects.toThrow(StorageUnavailable);
  });

  test('the list tells when a file was written', async () => {
    const id = randomUUID();
    const before = Date.now();
    await store().write(id, bytesOf('x'));
    for await (const listed of store().list()) {
      if (listed.id === id) expect(Math.abs(listed.changedAt.getTime() - before)).toBeLessThan(5_000);
    }
    expect(await idsIn(store())).toContain(id);
  });

  test.each(['../../etc/passwd', '', 'x', randomUUID().toUpperCase()])('%j is no id', async (id) => {
    await expect(store().write(id, bytesOf('x'))).rejects.toThrow(TypeError);
    await expect(store().read(id, { start: 0, end: 0 })).rejects.toThrow(TypeError);
    await expect(store().remove(id)).rejects.toThrow(TypeError);
  });
}

describe('a folder', () => storeTests(() => createLocalStorage(folder)));

onS3(`a bucket${suffix}`, () => {
  storeTests(() => s3);

  test('parts that a crash has left are listed, and removed', async () => {
    const id = randomUUID();
    const place = { Bucket: server.config.bucket, Key: id };
    await server.client.send(new CreateMultipartUploadCommand(place));
    expect(await idsIn(s3)).toContain(id);
    await s3.remove(id);
    expect(await idsIn(s3)).not.toContain(id);
  });

  test('an upload that failed leaves no parts', async () => {
    await expect(s3.write(randomUUID(), brokenAfter(12 * mebibyte))).rejects.toThrow();
    const { Uploads: left = [] } = await server.client.send(
      new ListMultipartUploadsCommand({ Bucket: server.config.bucket }),
    );
    expect(left).toEqual([]);
  });

  test('a wrong secret is a fault of the store, without the secret', async () => {
    const storage = createS3Storage({ ...server.config, secretAccessKey: 'not-that-one' });
    const failure = await storage.write(randomUUID(), bytesOf('x')).catch((error: unknown) => error);
    storage.close();
    expect(failure).toBeInstanceOf(StorageUnavailable);
    expect(String(failure)).not.toContain('not-that-one');
  });
});

describe('a store of S3 that is out of order', () => {
  const config = {
    bucket: 'accord',
    region: 'us-east-1',
    accessKeyId: 'x',
    secretAccessKey: 'y',
    forcePathStyle: true,
  };

  test('and refuses connections is unavailable', async () => {
    const storage = createS3Storage({ ...config, endpoint: 'http://127.0.0.1:1' });
    await expect(storage.write(randomUUID(), bytesOf('x'))).rejects.toThrow(StorageUnavailable);
    await expect(storage.read(randomUUID(), { start: 0, end: 0 })).rejects.toThrow(StorageUnavailable);
    await expect(idsIn(storage)).rejects.toThrow(StorageUnavailable);
    storage.close();
  });

  test('and never answers is unavailable in bounded time', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const endpoint = `http://127.0.0.1:${portOf(silent.address())}`;
    const timeouts = { connectMs: 300, answerMs: 300, idleMs: 60_000 };
    const storage = createS3Storage({ ...config, endpoint }, timeouts);
    const started = Date.now();
    await expect(storage.remove(randomUUID())).rejects.toThrow(StorageUnavailable);
    await expect(storage.write(randomUUID(), bytesOf('x'))).rejects.toThrow(StorageUnavailable);
    expect(Date.now() - started).toBeLessThan(10_000);
    storage.close();
    silent.close();
  });

  test('and stops in the middle of a file ends the reading', async () => {
    const half = createHttpServer((_request, response) => {
      response.writeHead(206, { 'Content-Length': '10' }).write('half');
    });
    await once(half.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `http://127.0.0.1:${portOf(half.address())}`;
    const storage = createS3Storage({ ...config, endpoint }, { connectMs: 300, answerMs: 300, idleMs: 300 });
    const bytes = await storage.read(randomUUID(), { start: 0, end: 9 });
    await expect(buffer(bytes)).rejects.toThrow();
    storage.close();
    half.close();
  });

  test.each([
    [507, StorageFull],
    [403, StorageUnavailable],
  ])('and answers %d is told apart', async (status, fault) => {
    const refusing = createHttpServer((_request, response) => response.writeHead(status).end());
    await once(refusing.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `http://127.0.0.1:${portOf(refusing.address())}`;
    const storage = createS3Storage({ ...config, endpoint });
    await expect(storage.write(randomUUID(), bytesOf('x'))).rejects.toThrow(fault);
    storage.close();
    refusing.close();
  });
});

async function* bytesOf(...parts: readonly string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

async function* slicesOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}

async function* brokenAfter(size: number): AsyncGenerator<Buffer> {
  yield* slicesOf(Buffer.alloc(size));
  throw new Error('the client has left');
}

async function textOf(storage: Storage, id: string, start: number, end: number): Promise<string> {
  return String(await buffer(await storage.read(id, { start, end })));
}

async function idsIn(storage: Storage): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of storage.list()) ids.push(id);
  return ids;
}
