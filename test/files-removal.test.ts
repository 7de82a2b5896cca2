/** What is deleted leaves the disk, and so does what a crash has left there. */
import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { removeFiles, sweepOrphans } from '#features/files/jobs.ts';
import { startApp, useApp } from './support/app.ts';
import type { TestApp } from './support/app.ts';
import { people } from './support/people.ts';
import { file, storedPaths, upload } from './support/uploads.ts';
import { eventually } from './support/eventually.ts';
import { startTestWorker } from './support/work.ts';

const app = useApp();

async function enqueue(of: TestApp, job: typeof removeFiles): Promise<void> {
  const { db, jobs } = of.platform;
  await db.transaction().execute((trx) => jobs.enqueue(trx, job, {}));
}

async function removals(of: TestApp): Promise<number> {
  const { rows } = await of.platform.pool.query('select count(*)::int as count from file_removals');
  return rows[0].count;
}

describe('the bytes are removed', () => {
  test('after a file was deleted, and of that file alone', async () => {
    const { ada } = await people(app);
    const { body } = await upload(ada, file('a', 'a'), file('b', 'b'));
    const [a, b] = body.items;
    expect((await ada.delete(`/files/${a.id}`)).status).toBe(204);
    expect(await ada.get(`/files/${a.id}`)).toBeProblem(404, 'not_found');
    expect(await ada.delete(`/files/${a.id}`)).toBeProblem(404, 'not_found');
    await using _worker = await startTestWorker(app);
    await eventually(async () =>
      (await storedPaths(app)).some((one) => one.endsWith(a.id)) ? undefined : true,
    );
    expect((await ada.get(`/files/${b.id}/content`)).status).toBe(200);
    await eventually(async () => ((await removals(app)) === 0 ? true : undefined));
  });

  test('after their owner was erased', async () => {
    const { ada, bob } = await people(app);
    const hers = (await upload(ada, file('a', 'a'))).body.items[0];
    const his = (await upload(bob, file('b', 'b'))).body.items[0];
    expect((await ada.delete('/users/me')).status).toBe(204);
    expect(await removals(app)).toBe(1);
    await enqueue(app, removeFiles);
    await using _worker = await startTestWorker(app);
    await eventually(async () =>
      (await storedPaths(app)).some((one) => one.endsWith(hers.id)) ? undefined : true,
    );
    expect((await bob.get(`/files/${his.id}/content`)).status).toBe(200);
  });

  test('as soon as the store answers again; what can be removed is not held up', async () => {
    await using own = await startApp();
    const { ada } = await people(own);
    const { body } = await upload(ada, file('a', 'a'), file('b', 'b'));
    const [stuck, free] = body.items;
    const { storage } = own.platform;
    let isStuck = true;
    const moody = {
      ...storage,
      remove: (id: string) =>
        isStuck && id === stuck.id ? Promise.reject(new Error('not now')) : storage.remove(id),
    };
    await using _worker = await startTestWorker({ ...own, platform: { ...own.platform, storage: moody } });
    for (const { id } of [stuck, free]) await ada.delete(`/files/${id}`);
    await eventually(async () => ((await removals(own)) === 1 ? true : undefined));
    expect((await storedPaths(own)).map((one) => path.basename(one))).toEqual([stuck.id]);
    isStuck = false;
    await enqueue(own, removeFiles);
    await eventually(async () => ((await storedPaths(own)).length === 0 ? true : undefined));
  });
});

test('bytes without a row are removed after a day, and nothing else', async () => {
  await using own = await startApp();
  const { ada } = await people(own);
  const { body } = await upload(ada, file('kept', 'kept'));
  const kept = body.items[0].id;
  const left = { old: randomUUID(), new: randomUUID(), half: randomUUID() };
  const place = (folder: string, id: string) => path.join(own.uploadFolder, folder, id);
  for (const folder of ['ab', 'incoming'])
    await mkdir(path.join(own.uploadFolder, folder), { recursive: true });
  const [oldId, newId] = [left.old, left.new].map((id) => `ab${id.slice(2)}`);
  const now = own.clock.now().getTime();
  const write = async (where: string, hours: number) => {
    await writeFile(where, 'x').then(() => utimes(where, new Date(), new Date(now - hours * 3_600_000)));
  };
  await write(place('ab', oldId ?? ''), 25);
  await write(place('ab', newId ?? ''), 23);
  await write(place('incoming', left.half), 25);
  await utimes(place(kept.slice(0, 2), kept), new Date(), new Date(now - 100 * 3_600_000));

  await enqueue(own, sweepOrphans);
  await using _worker = await startTestWorker(own);
  await eventually(async () => ((await storedPaths(own)).length === 2 ? true : undefined));
  const names = (await storedPaths(own)).map((one) => path.basename(one));
  expect(new Set(names)).toEqual(new Set([kept, newId]));
});
