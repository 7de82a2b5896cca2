/** Uploads over HTTP: what is kept, what is refused, and that nothing of what is refused stays. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { bodyOf, boundary, multipartType, partBytes } from './contract/uploads.ts';
import { startApp, useApp } from './support/app.ts';
import type { TestApp } from './support/app.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';
import { file, sha256, storedPaths, upload } from './support/uploads.ts';
import { visitor } from './support/visitor.ts';
import { eventually } from './support/eventually.ts';

const app = useApp();

/** A server whose users may keep one MiB each. */
function startSmallApp() {
  return startApp(({ config }) => ({
    config: { ...config, uploads: { ...config.uploads, quotaBytes: 1_048_576 } },
  }));
}

async function rowsOf(of: TestApp): Promise<number> {
  const { rows } = await of.platform.pool.query('select count(*)::int as count from files');
  return rows[0].count;
}

/** Rows and stored files, before and after. */
async function leftBy(attempt: () => Promise<unknown>, of: TestApp = app) {
  const before = { rows: await rowsOf(of), paths: await storedPaths(of) };
  await attempt();
  const paths = await storedPaths(of);
  return {
    rows: (await rowsOf(of)) - before.rows,
    files: paths.filter((one) => !before.paths.includes(one)).length,
  };
}

const nothing = { rows: 0, files: 0 };

describe('an upload', () => {
  test('keeps the bytes, and tells what it has kept', async () => {
    const { ada } = await people(app);
    const reply = await upload(
      ada,
      file('note.txt', 'Feed the cat.'),
      file('empty.bin', '', 'application/x-empty'),
    );
    expect(reply.status).toBe(201);
    const [note, empty] = reply.body.items;
    expect(note).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      owner_id: ada.id,
      filename: 'note.txt',
      content_type: 'text/plain',
      size: 13,
      sha256: sha256('Feed the cat.'),
      created_at: expect.any(String),
    });
    expect(empty).toMatchObject({ filename: 'empty.bin', size: 0, sha256: sha256('') });
    expect(reply.headers['location']).toBe(`/api/v1/files/${note.id}`);
    expect((await ada.get(`/files/${note.id}`)).body).toEqual(note);
    expect((await ada.get(`/files/${note.id}`, { 'If-None-Match': '"1"' })).status).toBe(304);
    expect((await ada.get(`/files/${note.id}/content`)).body.toString()).toBe('Feed the cat.');
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    [`${'x'.repeat(296)}.txt`, `${'x'.repeat(296)}.txt`],
    ['Привет, мир.txt', 'Привет, мир.txt'],
    ['a%2F..%2Fb', 'a%2F..%2Fb'],
  ])('named %s is kept under an id, and %s is data', async (sent, kept) => {
    const { ada } = await people(app);
    const { status, body } = await upload(ada, file(sent, 'x'));
    expect([status, body.items[0].filename]).toEqual([201, kept]);
    const { id } = body.items[0];
    expect(await storedPaths(app)).toContain(`${app.uploadFolder}/${id.slice(0, 2)}/${id}`);
  });

  test('without a token stores nothing', async () => {
    const left = await leftBy(async () => {
      expect(await upload(visitor(app), file('a.txt', 'a'))).toBeProblem(401, 'unauthorized');
    });
    expect(left).toEqual(nothing);
  });

  test('of a media type that is none is octet-stream', async () => {
    const { ada } = await people(app);
    const { body } = await upload(ada, file('a.txt', 'a', `text/${'x'.repeat(300)}`));
    expect(body.items[0].content_type).toBe('application/octet-stream');
  });
});

describe('of an upload that is refused nothing stays:', () => {
  const whole = bodyOf(file('a.txt', 'a'));
  const eleven = bodyOf(...Array.from({ length: 11 }, (_, index) => file(`${index}.txt`, 'x')));
  const broken: [string, Buffer | string, Record<string, string>, number][] = [
    ['truncated', whole.subarray(0, -6), multipartType, 400],
    ['truncated within a file', whole.subarray(0, whole.length - 20), multipartType, 400],
    ['empty', '\r\n', multipartType, 400],
    ['of no bytes', '', multipartType, 422],
    ['without a boundary', whole, { 'Content-Type': 'multipart/form-data' }, 400],
    ['JSON', '{"files":["a"]}', { 'Content-Type': 'application/json' }, 415],
    ['without a file', bodyOf(), multipartType, 422],
    ['with a field for a file', bodyOf({ name: 'files', content: 'text' }), multipartType, 422],
    ['with eleven files', eleven, multipartType, 422],
    [
      'with a part that nobody knows',
      bodyOf(file('a.txt', 'a'), { name: 'b', content: 'b' }),
      multipartType,
      422,
    ],
    ['with a NUL in a name', bodyOf(file('a.txt', 'a'), file('b\0.txt', 'b')), multipartType, 400],
    [
      'with a name of 1001 characters',
      bodyOf(file('a.txt', 'a'), file('x'.repeat(1001), 'b')),
      multipartType,
      422,
    ],
  ];

  test.each(broken)('%s', async (_name, body, headers, status) => {
    const { ada } = await people(app);
    const left = await leftBy(async () => {
      expect((await ada.post('/files', body, headers)).status).toBe(status);
    });
    expect(left).toEqual(nothing);
  });

  test('the third of three is more than the quota has left', async () => {
    await using small = await startSmallApp();
    const { ada } = await people(small);
    const parts = [file('a', 'a'), file('b', 'b'), file('c', Buffer.alloc(1_048_576))];
    const left = await leftBy(async () => {
      const reply = await upload(ada, ...parts);
      expect(reply).toBeProblem(413, 'quota_exceeded');
      expect(reply.body.detail).toBe('Your files may be 1048576 bytes long together.');
    }, small);
    expect(left).toEqual(nothing);
    expect((await upload(ada, ...parts.slice(0, 2))).status).toBe(201);
  });

  test('the client leaves in the middle', async () => {
    const { ada } = await people(app);
    const before = (await storedPaths(app)).length;
    const left = await leftBy(async () => {
      const beginning = Buffer.concat([
        partBytes(file('a', 'whole')),
        partBytes(file('b', Buffer.alloc(300_000))).subarray(0, -2),
      ]);
      const socket = await beginUpload(app, ada, beginning);
      // The first is in its place, so that it is not moved while somebody looks; the second is on its way.
      await eventually(async () => {
        const paths = await storedPaths(app);
        const drafts = paths.filter((one) => one.includes('incoming'));
        return paths.length === before + 2 && drafts.length === 1 ? true : undefined;
      });
      socket.destroy();
      await eventually(async () => ((await storedPaths(app)).length === before ? true : undefined));
    });
    expect(left).toEqual(nothing);
  });

  test('the database does not take the rows', async () => {
    const { ada } = await people(app);
    await app.platform.pool.query(`alter table files add constraint no_more check (size <> 4242) not valid`);
    const left = await leftBy(async () => {
      expect(await upload(ada, file('a', 'a'), file('b', Buffer.alloc(4242)))).toBeProblem(
        422,
        'validation_failed',
      );
    });
    await app.platform.pool.query('alter table files drop constraint no_more');
    expect(left).toEqual(nothing);
  });
});

/** Sends the head of an upload and what is given, and leaves the connection open. */
async function beginUpload({ url }: TestApp, { accessToken }: Person, beginning: Buffer) {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  socket.write(
    [
      'POST /api/v1/files HTTP/1.1',
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${accessToken}`,
      `Content-Type: multipart/form-data; boundary=${boundary}`,
      'Content-Length: 10000000\r\n\r\n',
    ].join('\r\n'),
  );
  socket.write(beginning);
  return socket;
}

describe('the quota', () => {
  test('holds when ten uploads come at once', async () => {
    await using small = await startSmallApp();
    const { ada, bob } = await people(small);
    const part = (name: string) => file(name, Buffer.alloc(300_000));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => upload(ada, part(`${index}`))),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(7).fill(413)]);
    expect(await storedPaths(small)).toHaveLength(3);
    expect((await upload(bob, part('of Bob'))).status).toBe(201);
  });

  test('ends an upload as soon as it is too much, long before all of it has come', async () => {
    await using small = await startSmallApp();
    const { ada } = await people(small);
    const socket = await beginUpload(small, ada, partBytes(file('a', Buffer.alloc(2_000_000))));
    const [reply] = await once(socket, 'data');
    expect(String(reply)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await storedPaths(small)).toEqual([]);
    socket.destroy();
  });

  test('has room again for what was deleted', async () => {
    await using small = await startSmallApp();
    const { ada } = await people(small);
    const { body } = await upload(ada, file('a', Buffer.alloc(1_048_576)));
    expect(await upload(ada, file('b', 'b'))).toBeProblem(413, 'quota_exceeded');
    expect((await ada.delete(`/files/${body.items[0].id}`)).status).toBe(204);
    expect((await upload(ada, file('b', 'b'))).status).toBe(201);
  });
});

describe('a file of somebody else', () => {
  test.each(['get', 'delete'] as const)('is as one that does not exist, to %s', async (method) => {
    const { ada, bob } = await people(app);
    const { body } = await upload(ada, file('secret.txt', 'secret'));
    const { id } = body.items[0];
    const missing = '00000000-0000-4000-8000-000000000000';
    const [theirs, nobodys] = await Promise.all([
      bob[method](`/files/${id}`),
      bob[method](`/files/${missing}`),
    ]);
    expect(theirs).toBeProblem(404, 'not_found');
    const faceOf = (text: string, one: string) =>
      text.replaceAll(one, 'ID').replace(/"request_id":"[^"]*"/, '');
    expect(faceOf(theirs.text, id)).toBe(faceOf(nobodys.text, missing));
    expect((await ada.get(`/files/${id}`)).status).toBe(200);
  });

  test('cannot be downloaded', async () => {
    const { ada, bob } = await people(app);
    const { body } = await upload(ada, file('secret.txt', 'secret'));
    expect(await bob.get(`/files/${body.items[0].id}/content`)).toBeProblem(404, 'not_found');
  });

  test('is open to a superuser, which is in the audit trail', async () => {
    const { ada, grace } = await people(app);
    const { body } = await upload(ada, file('odd.txt', 'odd'));
    const { id } = body.items[0];
    expect((await grace.get(`/files/${id}/content`)).status).toBe(200);
    const events = await grace.get('/audit-events?event=file.read');
    expect(events.body.items[0]).toMatchObject({ actor_id: grace.id, target: `file:${id}`, status: 200 });
  });
});

describe('a list of files', () => {
  test('has the newest first, and goes on where it ended', async () => {
    const { ada, bob } = await people(app);
    await upload(bob, file('of Bob', 'b'));
    for (const name of ['1', '2', '3', '4', '5']) {
      app.clock.advance(name === '3' ? 0 : 1); // Two of the same moment.
      await upload(ada, file(name, name));
    }
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await ada.get(`/files?limit=2${cursor}`);
      names.push(...body.items.map(({ filename }: { filename: string }) => filename));
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');
    expect(names).toHaveLength(5);
    expect(names.filter((name) => name !== '2' && name !== '3')).toEqual(['5', '4', '1']);
    expect(new Set(names)).toEqual(new Set(['5', '4', '3', '2', '1']));
  });

  test.each(['x', '%00', 'MjAyNi0wMi0zMVQxMDowMDowMC4wMDBaLDE'])('has no cursor %s', async (cursor) => {
    const { ada } = await people(app);
    expect(await ada.get(`/files?cursor=${cursor}`)).toBeProblem(422, 'validation_failed');
  });
});
