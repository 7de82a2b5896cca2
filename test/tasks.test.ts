/** Tasks, from the request to what a real worker makes of them. */
import { describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportItems } from '#features/tasks/export.ts';
import { importItems } from '#features/tasks/import.ts';
import { failLostTasks } from '#features/tasks/queries.ts';
import { runTask } from '#features/tasks/run.ts';
import type { TaskNeeds, TaskRun } from '#features/tasks/run.ts';
import { retentionJobs, forgetEnded } from '../src/retention.ts';
import { requestText, wire } from './contract/wire.ts';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';
import { eventsOf, itemsOf, manyLines } from './support/tasks.ts';
import { file, storedPaths, upload } from './support/uploads.ts';
import { eventually } from './support/eventually.ts';
import { startTestWorker } from './support/work.ts';

const app = useApp();

const missing = '00000000-0000-4000-8000-000000000000';
const exporting = { kind: 'export_items' };

interface Tried {
  readonly change?: object;
  readonly attempt?: number;
}

/** One try of a task, in this process. */
function tryTask(
  { id: taskId }: { id: string },
  { change = {}, attempt = 1 }: Tried,
  work: (needs: TaskNeeds, run: TaskRun) => Promise<void>,
): Promise<void> {
  const { db, clock, bus, storage, config } = app.platform;
  const needs = { db, clock, bus, storage, quotaBytes: config.uploads.quotaBytes, ...change };
  const { signal } = new AbortController();
  return runTask(needs, { taskId, attempt, retries: 3, signal }, (run) => work(needs, run));
}

function tryImport(task: { id: string }, { fileId, ...tried }: Tried & { fileId: string }): Promise<void> {
  return tryTask(task, tried, (needs, run) => importItems(needs, run, fileId));
}

function tryExport(task: { id: string }, tried: Tried): Promise<void> {
  return tryTask(task, tried, exportItems);
}

/** An import that no worker has begun with. */
async function waitingImport(person: Person, content: string) {
  const { body } = await upload(person, file('items.csv', content, 'text/csv'));
  const fileId: string = body.items[0].id;
  const { body: task } = await person.post('/tasks', { kind: 'import_items', file_id: fileId });
  return { task, fileId };
}

describe('starting a task', () => {
  test('gives it at once, and says where it is', async () => {
    const { ada } = await people(app);
    const { status, body, headers } = await ada.post('/tasks', exporting);
    expect(status).toBe(202);
    expect(headers['location']).toBe(`/api/v1/tasks/${body.id}`);
    expect(body).toMatchObject({ kind: 'export_items', status: 'queued', progress: 0, result: null });
    expect((await ada.get(`/tasks/${body.id}`)).body).toEqual(body);
  });

  test('with one key starts one', async () => {
    const { ada } = await people(app);
    const key = { 'Idempotency-Key': 'one' };
    const [first, second] = [
      await ada.post('/tasks', exporting, key),
      await ada.post('/tasks', exporting, key),
    ];
    expect(second.body).toEqual(first.body);
    expect((await ada.get('/tasks')).body.items).toHaveLength(1);
  });

  test("of somebody else's file is a 404 as of none, for superusers as well", async () => {
    const { ada, bob, grace } = await people(app);
    const { body } = await upload(ada, file('items.csv', 'title\nLamp'));
    const [{ id }] = body.items;
    for (const person of [bob, grace]) {
      const foreign = await person.post('/tasks', { kind: 'import_items', file_id: id });
      const none = await person.post('/tasks', { kind: 'import_items', file_id: missing });
      expect(foreign).toBeProblem(404, 'not_found');
      expect(foreign.body.detail.replace(id, missing)).toBe(none.body.detail);
    }
    expect((await bob.get('/tasks')).body.items).toEqual([]);
  });

  test.each([
    { kind: 'import_items' },
    { kind: 'export_items', file_id: missing },
    { kind: 'delete_items' },
    { kind: 'import_items', file_id: 'x' },
    {},
  ])('refuses %j', async (body) => {
    const { ada } = await people(app);
    expect(await ada.post('/tasks', body)).toBeProblem(422, 'validation_failed');
  });
});

describe('tasks', () => {
  test('are listed page by page, the newest first', async () => {
    const { ada } = await people(app);
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.unshift((await ada.post('/tasks', exporting)).body.id);
    const { body: first } = await ada.get('/tasks?limit=2');
    const { body: rest } = await ada.get(`/tasks?limit=2&cursor=${first.next_cursor}`);
    const listed = [...first.items, ...rest.items].map(({ id }) => id);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(rest.next_cursor).toBeNull();
  });

  test('of somebody else look as if they did not exist, except to superusers', async () => {
    const { ada, bob, grace } = await people(app);
    const { id } = (await ada.post('/tasks', exporting)).body;
    const told = async (way: (id: string) => Promise<{ body: { detail: string } }>) => {
      const foreign = await way(id);
      expect(foreign).toBeProblem(404, 'not_found');
      expect(foreign.body.detail.replace(id, missing)).toBe((await way(missing)).body.detail);
    };
    await told((one) => bob.get(`/tasks/${one}`));
    await told((one) => bob.get(`/tasks/${one}/events`));
    await told((one) => bob.post(`/tasks/${one}/cancel`));
    expect((await grace.get(`/tasks/${id}`)).body.status).toBe('queued');
  });

  test('go with their user', async () => {
    const { ada } = await people(app);
    const { id } = (await ada.post('/tasks', exporting)).body;
    expect((await ada.delete('/users/me')).status).toBe(204);
    const { rows } = await app.platform.pool.query('select from tasks where id = $1', [id]);
    expect(rows).toHaveLength(0);
  });

  test('are forgotten 30 days after their end', async () => {
    const { ada } = await people(app);
    const { db, clock, jobs, pool } = app.platform;
    const [old, recent] = [await ada.post('/tasks', exporting), await ada.post('/tasks', exporting)];
    for (const { body } of [old, recent]) await ada.post(`/tasks/${body.id}/cancel`);
    const before = new Date(clock.now().getTime() - 30 * 86_400_000 - 1000);
    await pool.query('update tasks set finished_at = $1 where id = $2', [before, old.body.id]);
    await db.transaction().execute((trx) => jobs.enqueue(trx, forgetEnded, {}));
    await using _worker = await startTestWorker(app, { handlers: retentionJobs({ db, clock }) });
    await eventually(async () =>
      (await ada.get(`/tasks/${old.body.id}`)).status === 404 ? true : undefined,
    );
    expect((await ada.get(`/tasks/${recent.body.id}`)).status).toBe(200);
  });
});

test('a task whose work broke off for good fails after a day, and one that waits is left alone', async () => {
  const { ada } = await people(app);
  const { db, clock, pool } = app.platform;
  const { task: lost } = await waitingImport(ada, 'title\nLamp');
  const { task: waiting } = await waitingImport(ada, 'title\nLamp');
  const yesterday = new Date(clock.now().getTime() - 25 * 3_600_000);
  const ids = [lost.id, waiting.id];
  await pool.query('update tasks set created_at = $1 where id = any($2)', [yesterday, ids]);
  await pool.query(`update tasks set started_at = $1, status = 'running' where id = $2`, [
    yesterday,
    lost.id,
  ]);
  await failLostTasks(db, { error: 'It broke off.', now: clock.now() });
  const failed = { status: 'failed', error: 'It broke off.' };
  expect((await ada.get(`/tasks/${lost.id}`)).body).toMatchObject(failed);
  expect((await ada.get(`/tasks/${waiting.id}`)).body.status).toBe('queued');
  const later = new Date(clock.now().getTime() + 15 * 86_400_000);
  await failLostTasks(db, { error: 'It broke off.', now: later });
  expect((await ada.get(`/tasks/${waiting.id}`)).body).toMatchObject(failed);
});

describe('cancelling', () => {
  test('a task that waits ends it, and the worker leaves it alone', async () => {
    const { ada } = await people(app);
    const { task, fileId } = await waitingImport(ada, 'title\nLamp');
    const { status, body } = await ada.post(`/tasks/${task.id}/cancel`);
    expect([status, body.status, body.finished_at]).toEqual([200, 'cancelled', expect.any(String)]);
    expect(await ada.post(`/tasks/${task.id}/cancel`)).toBeProblem(409, 'conflict');
    await tryImport(task, { fileId });
    expect(await itemsOf(ada)).toEqual([]);
    expect((await ada.get(`/tasks/${task.id}`)).body).toEqual(body);
  });

  test('an import that runs keeps nothing of it, and reads no further', async () => {
    const { ada } = await people(app);
    const content = manyLines(50_000);
    const { task, fileId } = await waitingImport(ada, content);
    const { storage } = app.platform;
    let readBytes = 0;
    const cancelling = {
      ...storage,
      async read(id: string, range: { start: number; end: number }) {
        const source = await storage.read(id, range);
        source.on('data', (chunk) => (readBytes += Number(chunk.length))).pause();
        await ada.post(`/tasks/${task.id}/cancel`);
        return source;
      },
    };
    await tryImport(task, { fileId, change: { storage: cancelling } });
    expect(await itemsOf(ada)).toEqual([]);
    expect((await ada.get(`/tasks/${task.id}`)).body.status).toBe('cancelled');
    expect(readBytes).toBeLessThan(content.length);
  });

  test('an export that runs leaves no file', async () => {
    const { ada } = await people(app);
    await ada.creates('item', { title: 'Lamp' });
    const { body: task } = await ada.post('/tasks', exporting);
    const { storage } = app.platform;
    const paths = await storedPaths(app);
    const cancelling = {
      ...storage,
      async write(id: string, bytes: AsyncIterable<Uint8Array>) {
        await storage.write(id, bytes);
        await ada.post(`/tasks/${task.id}/cancel`);
      },
    };
    await tryExport(task, { change: { storage: cancelling } });
    expect((await ada.get(`/tasks/${task.id}`)).body).toMatchObject({ status: 'cancelled', result: null });
    expect(await storedPaths(app)).toEqual(paths);
    expect((await ada.get('/files')).body.items).toEqual([]);
  });
});

describe('watching', () => {
  test('tells of each change until the end, and goes on after Last-Event-ID', async () => {
    const { ada } = await people(app);
    const { task } = await waitingImport(ada, 'title\nLamp');
    const started = Promise.withResolvers<void>();
    const watched = eventsOf(app, ada, { id: task.id, seen: started.resolve });
    await started.promise;
    await using _worker = await startTestWorker(app);
    const events = await watched;
    const statuses = events.map((event) => event.task.status);
    expect(statuses[0]).toBe('queued');
    expect(statuses.at(-1)).toBe('succeeded');
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
    expect(events.at(-1)?.task).toEqual((await ada.get(`/tasks/${task.id}`)).body);

    const resumed = await eventsOf(app, ada, { id: task.id, after: ids[0] ?? 0 });
    expect(resumed.map(({ id }) => id)).toEqual(ids.slice(-1));
    const last = { 'Last-Event-ID': String(ids.at(-1)) };
    expect((await ada.get(`/tasks/${task.id}/events`, last)).status).toBe(204);
  });

  test('hears of a cancellation within a moment', async () => {
    const { ada } = await people(app);
    const { body: task } = await ada.post('/tasks', exporting);
    const started = Promise.withResolvers<void>();
    const watched = eventsOf(app, ada, { id: task.id, seen: started.resolve });
    await started.promise;
    const before = performance.now();
    await ada.post(`/tasks/${task.id}/cancel`);
    const events = await watched;
    expect(events.map((event) => event.task.status)).toEqual(['queued', 'cancelled']);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('tells nothing to who has seen all, until there is more', async () => {
    const { ada } = await people(app);
    const { id } = (await ada.post('/tasks', exporting)).body;
    const watched = eventsOf(app, ada, { id, after: 1 });
    // Long enough for an event that must not come.
    await sleep(300);
    await ada.post(`/tasks/${id}/cancel`);
    const events = await watched;
    expect(events.map((event) => [event.id, event.task.status])).toEqual([[2, 'cancelled']]);
  });

  test('begins anew for an id that was never given', async () => {
    const { ada } = await people(app);
    const { id } = (await ada.post('/tasks', exporting)).body;
    await ada.post(`/tasks/${id}/cancel`);
    const events = await eventsOf(app, ada, { id, after: 1000 });
    expect(events.map((event) => event.task.status)).toEqual(['cancelled']);
  });

  test('is over when the watcher leaves', async () => {
    const { ada } = await people(app);
    const { id } = (await ada.post('/tasks', exporting)).body;
    const { bus } = app.platform;
    let subscribed = 0;
    const subscribe = jest.spyOn(bus, 'subscribe').mockImplementation(() => {
      subscribed += 1;
      return () => (subscribed -= 1);
    });
    using client = await wire(Number(new URL(app.url).port));
    const headers = { Authorization: `Bearer ${ada.accessToken}` };
    client.send(requestText(`GET /api/v1/tasks/${id}/events`, headers));
    await client.receive(/"queued"/);
    expect(subscribed).toBe(1);
    client.abort();
    await eventually(() => (subscribed === 0 ? true : undefined));
    subscribe.mockRestore();
  });

  test('needs a number as Last-Event-ID', async () => {
    const { ada } = await people(app);
    const path = `/tasks/${randomUUID()}/events`;
    expect(await ada.get(path, { 'Last-Event-ID': 'x' })).toBeProblem(422, 'validation_failed');
  });
});

describe('a worker', () => {
  test('that is killed before the end makes the items once all the same', async () => {
    const { ada } = await people(app);
    const { task, fileId } = await waitingImport(ada, 'title\nLamp\nChair');
    const { storage } = app.platform;
    const dying = { ...storage, read: () => Promise.reject(new Error('killed')) };
    await expect(tryImport(task, { fileId, change: { storage: dying } })).rejects.toThrow('killed');
    expect((await ada.get(`/tasks/${task.id}`)).body.status).toBe('running');
    await tryImport(task, { fileId, attempt: 2 });
    await tryImport(task, { fileId, attempt: 3 });
    expect(await itemsOf(ada)).toHaveLength(2);
  });

  test('that does not know of another one makes them once together with it', async () => {
    const { ada } = await people(app);
    const { task, fileId } = await waitingImport(ada, 'title\nLamp\nChair');
    await Promise.all([1, 2, 3].map(() => tryImport(task, { fileId })));
    expect(await itemsOf(ada)).toHaveLength(2);
    expect((await ada.get(`/tasks/${task.id}`)).body.result.created).toBe(2);
  });

  test('marks the task as failed at the last try, with words that tell nothing of the inside', async () => {
    const { ada } = await people(app);
    const { task, fileId } = await waitingImport(ada, 'title\nLamp');
    const broken = { ...app.platform.storage, read: () => Promise.reject(new Error('disk /dev/sda1')) };
    const change = { storage: broken };
    await expect(tryImport(task, { fileId, change, attempt: 3 })).rejects.toThrow('disk');
    expect((await ada.get(`/tasks/${task.id}`)).body.status).toBe('running');
    await expect(tryImport(task, { fileId, change, attempt: 4 })).rejects.toThrow('disk');
    const { body } = await ada.get(`/tasks/${task.id}`);
    expect(body).toMatchObject({ status: 'failed', finished_at: expect.any(String) });
    expect(body.error).not.toContain('disk');
  });
});
