/** The key that development makes for itself: made once, kept, readable by its owner alone. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { readConfig } from '#platform/config.ts';
import { StartError, secretKeyOf } from '../src/start.ts';
import { testSecret } from './support/app.ts';

const development = readConfig({ NODE_ENV: 'development' });

let root: string;
beforeEach(async () => {
  root = `${await mkdtemp(`${tmpdir()}/accord-key-`)}/`;
});
afterEach(() => rm(root, { recursive: true }));

test('it is the same at the next start: tokens stay good', async () => {
  const key = await secretKeyOf(development, root);
  expect(Buffer.from(key, 'base64')).toHaveLength(48);
  expect(await secretKeyOf(development, root)).toBe(key);
});

test('it is another one in another checkout', async () => {
  const other = `${root}other/`;
  await mkdir(other);
  expect(await secretKeyOf(development, other)).not.toBe(await secretKeyOf(development, root));
});

test('several that start at once agree on one, and leave nothing else behind', async () => {
  for (let round = 0; round < 20; round += 1) {
    const own = `${root}${round}/`;
    const keys = await Promise.all(Array.from({ length: 8 }, () => secretKeyOf(development, own)));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(`${own}.data`)).toEqual(['secret-key']);
  }
});

test('nobody else may read it', async () => {
  await secretKeyOf(development, root);
  expect((await stat(`${root}.data/secret-key`)).mode & 0o777).toBe(0o600);
});

test('a configured one wins, and nothing is written', async () => {
  const config = readConfig({ NODE_ENV: 'development', SECRET_KEY: testSecret });
  expect(await secretKeyOf(config, root)).toBe(testSecret);
  expect(await readdir(root)).toEqual([]);
});

test.each(['', 'too short', 'changeme-changeme-changeme-changeme'])(
  'a file with the weak key %j is refused in one sentence that does not show it',
  async (key) => {
    await mkdir(`${root}.data`);
    await writeFile(`${root}.data/secret-key`, key);
    const refused = await secretKeyOf(development, root).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    expect(String(refused)).toContain('delete the file');
    if (key) expect(String(refused)).not.toContain(key);
  },
);
