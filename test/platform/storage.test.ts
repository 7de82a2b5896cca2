/** The store of files in a folder: whole or not at all, and nothing outside of the folder. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { StorageUnavailable } from '#platform/storage/storage.ts';
import type { Storage, StoredBytes } from '#platform/storage/storage.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accord-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* bytesOf(...parts: readonly string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

async function* brokenBytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('half');
  throw new Error('the client has left');
}

function failedBytes(): AsyncIterable<Buffer> {
  const next = () => Promise.reject(new Error('the client has left'));
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

async function listOf(storage: Storage): Promise<StoredBytes[]> {
  const listed: StoredBytes[] = [];
  for await (const one of storage.list()) listed.push(one);
  return listed;
}

async function filesIn(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('what is written', () => {
  test('is read again, whole and in part', async () => {
    const storage = createLocalStorage(path.join(folder, 'made', 'on first use'));
    const id = randomUUID();
    await storage.write(id, bytesOf('Hello, ', 'world'));
    expect(await text(await storage.read(id, { start: 0, end: 11 }))).toBe('Hello, world');
    expect(await text(await storage.read(id, { start: 7, end: 8 }))).toBe('wo');
  });

  test('may be empty', async () => {
    const storage = createLocalStorage(folder);
    const id = randomUUID();
    await storage.write(id, bytesOf());
    expect(await filesIn(folder)).toEqual([id]);
  });

  test('is for this user of the machine alone', async () => {
    const storage = createLocalStorage(folder);
    const id = randomUUID();
    await storage.write(id, bytesOf('x'));
    expect((await stat(path.join(folder, id.slice(0, 2), id))).mode & 0o077).toBe(0);
  });

  test('leaves nothing when its bytes fail, and fails of what they failed of', async () => {
    const storage = createLocalStorage(folder);
    await expect(storage.write(randomUUID(), brokenBytes())).rejects.toThrow('the client has left');
    expect(await filesIn(folder)).toEqual([]);
  });

  test('leaves nothing when its bytes fail before the file is open', async () => {
    const storage = createLocalStorage(folder);
    const writes = Array.from({ length: 50 }, () => storage.write(randomUUID(), failedBytes()));
    await Promise.allSettled(writes);
    // Time for what would open a file behind its removal.
    await sleep(200);
    expect(await filesIn(folder)).toEqual([]);
  });

  test('leaves nothing when it cannot be moved to its place', async () => {
    const storage = createLocalStorage(folder);
    const id = randomUUID();
    await writeFile(path.join(folder, id.slice(0, 2)), 'a file where a folder is due');
    await expect(storage.write(id, bytesOf('x'))).rejects.toThrow(StorageUnavailable);
    expect(await filesIn(path.join(folder, 'incoming'))).toEqual([]);
  });
});

describe('what is not there', () => {
  test('cannot be read', async () => {
    const storage = createLocalStorage(folder);
    await expect(storage.read(randomUUID(), { start: 0, end: 0 })).rejects.toThrow(StorageUnavailable);
  });

  test('is removed without complaint', async () => {
    const storage = createLocalStorage(folder);
    const id = randomUUID();
    await storage.write(id, bytesOf('x'));
    await storage.remove(id);
    await storage.remove(id);
    expect(await filesIn(folder)).toEqual([]);
  });

  test('is an empty list, even without a folder', async () => {
    expect(await listOf(createLocalStorage(path.join(folder, 'none')))).toEqual([]);
  });
});

// Of a file of this test: where the check is broken, nothing else may be hit.
test.each(['../../bystander', '../bystander', '', 'x', `${randomUUID()}/..`, randomUUID().toUpperCase()])(
  'the id %j is none, and no path',
  async (id) => {
    const storage = createLocalStorage(path.join(folder, 'one', 'two', 'uploads'));
    for (const place of ['', 'one', 'one/two', 'one/two/uploads']) {
      await mkdir(path.join(folder, place), { recursive: true });
      await writeFile(path.join(folder, place, 'bystander'), 'untouched');
    }
    await expect(storage.write(id, bytesOf('x'))).rejects.toThrow(TypeError);
    await expect(storage.read(id, { start: 0, end: 0 })).rejects.toThrow(TypeError);
    await expect(storage.remove(id)).rejects.toThrow(TypeError);
    expect(await filesIn(folder)).toEqual(Array(4).fill('bystander'));
  },
);

test('the list has what is kept and what a crash has left, with the time of its last change', async () => {
  const storage = createLocalStorage(folder);
  const [kept, left] = [randomUUID(), randomUUID()];
  await storage.write(kept, bytesOf('x'));
  await mkdir(path.join(folder, 'incoming'), { recursive: true });
  await writeFile(path.join(folder, 'incoming', left), 'half');
  await writeFile(path.join(folder, 'incoming', 'README'), 'of somebody else');
  const longAgo = new Date('2026-01-01T00:00:00Z');
  await utimes(path.join(folder, 'incoming', left), longAgo, longAgo);

  const listed = await listOf(storage);
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([kept, left]));
  expect(listed.find(({ id }) => id === left)?.changedAt).toEqual(longAgo);

  await storage.remove(left);
  expect((await listOf(storage)).map(({ id }) => id)).toEqual([kept]);
});
