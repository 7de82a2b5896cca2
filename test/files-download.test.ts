/** Downloads: the bytes as they were sent, in whole or in part, and never as anything that a browser would run. */
import { readdirSync, readlinkSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { request } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Response } from 'supertest';
import { useApp } from './support/app.ts';
import { people } from './support/people.ts';
import type { Person } from './support/people.ts';
import { file, image, sha256, upload, uploadImage } from './support/uploads.ts';
import { eventually } from './support/eventually.ts';

const app = useApp();
const digits = '0123456789';
let ada: Person;
let place: string;

beforeAll(async () => {
  ({ ada } = await people(app));
  place = await placeOf(file('digits.txt', digits));
});

/** Where the content of a new file of Ada's is. */
async function placeOf(part: ReturnType<typeof file>): Promise<string> {
  const { status, body } = await upload(ada, part);
  expect(status).toBe(201);
  return `/files/${body.items[0].id}/content`;
}

function textOf({ body }: Response): string {
  return Buffer.isBuffer(body) ? body.toString() : '';
}

test('a download is an attachment that no browser shows or runs', async () => {
  const { status, headers } = await ada.get(place);
  expect([status, headers]).toEqual([
    200,
    expect.objectContaining({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="digits.txt"',
      'content-length': '10',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*sandbox/),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-cache',
      'accept-ranges': 'bytes',
      etag: `"${sha256(digits)}"`,
    }),
  ]);
});

test.each([
  ['page.html', '<script>alert(1)</script>', 'text/html'],
  ['image.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
])('%s comes as bytes, whatever it was sent as', async (name, content, type) => {
  const { headers, body } = await ada.get(await placeOf(file(name, content, type)));
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toBe(`attachment; filename="${name}"`);
  expect(body.toString()).toBe(content);
});

test('a GIF that is a script as well comes as an attachment', async () => {
  const polyglot = Buffer.from('GIF89a/*\x01\x00\x00\x00\x00*/=1;alert(1);//', 'latin1');
  const kept = await uploadImage(ada, image('both.gif', polyglot, 'image/gif'));
  expect(kept.status).toBe(201);
  const { headers } = await ada.get(`/files/${kept.body.id}/content`);
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toMatch(/^attachment;/);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test.each([
  [
    'Привет.txt',
    `attachment; filename="______.txt"; filename*=UTF-8''%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82.txt`,
  ],
  [`it's (1)*.txt`, `attachment; filename="it's (1)*.txt"`],
  [`ё'(1)*.txt`, `attachment; filename="_'(1)*.txt"; filename*=UTF-8''%D1%91%27%281%29%2A.txt`],
  ['a%22b.txt', `attachment; filename="a_b.txt"; filename*=UTF-8''a%22b.txt`],
  ['🐈.txt', `attachment; filename="_.txt"; filename*=UTF-8''%F0%9F%90%88.txt`],
  [`${'x'.repeat(300)}.tar`, `attachment; filename="${'x'.repeat(146)}.tar"`],
  [`a.${'x'.repeat(300)}`, `attachment; filename="a.${'x'.repeat(148)}"`],
])('the name %s comes as %s', async (name, disposition) => {
  const { headers } = await ada.get(await placeOf(file(name, 'x')));
  expect(headers['content-disposition']).toBe(disposition);
});

describe('a range', () => {
  test.each([
    ['bytes=0-4', '01234', 'bytes 0-4/10'],
    ['bytes=5-', '56789', 'bytes 5-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-999', digits, 'bytes 0-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=3-99999999999999999999', '3456789', 'bytes 3-9/10'],
    ['BYTES=0-0', '0', 'bytes 0-0/10'],
  ])('%s is %s', async (range, text, told) => {
    const reply = await ada.get(place, { Range: range });
    expect([reply.status, textOf(reply), reply.headers['content-range']]).toEqual([206, text, told]);
    expect(reply.headers['content-length']).toBe(String(text.length));
  });

  test.each(['bytes=10-', 'bytes=99999999999999999999-', 'bytes=-0'])(
    '%s is behind the end',
    async (range) => {
      const reply = await ada.get(place, { Range: range });
      expect(reply).toBeProblem(416, 'range_not_satisfiable');
      expect(reply.headers['content-range']).toBe('bytes */10');
    },
  );

  test.each([
    'bytes=5-2',
    'bytes=-',
    'bytes=a-b',
    'bytes=1-2,4-5',
    `bytes=${'0-0,'.repeat(250)}0-0`,
    'lines=1-2',
    'bytes 0-4',
    'bytes=0x1-2',
    'bytes=1e0-2',
    'bytes=--1',
  ])('%s is ignored', async (range) => {
    const reply = await ada.get(place, { Range: range });
    expect([reply.status, textOf(reply)]).toEqual([200, digits]);
  });

  test('of more than a header should be is refused', async () => {
    expect(await ada.get(place, { Range: `bytes=${'0-0,'.repeat(500)}` })).toBeProblem(
      422,
      'validation_failed',
    );
  });

  test('of an empty file is behind its end; all of it is empty', async () => {
    const empty = await placeOf(file('empty', ''));
    expect(await ada.get(empty, { Range: 'bytes=0-' })).toBeProblem(416, 'range_not_satisfiable');
    const whole = await ada.get(empty);
    expect([whole.status, whole.headers['content-length'], textOf(whole)]).toEqual([200, '0', '']);
  });

  test('goes on with the same file only', async () => {
    const range = { Range: 'bytes=5-' };
    const etag = `"${sha256(digits)}"`;
    const status = async (condition: string) =>
      (await ada.get(place, { ...range, 'If-Range': condition })).status;
    expect(await status(etag)).toBe(206);
    for (const other of ['"other"', `W/${etag}`, 'Wed, 18 Nov 2026 19:05:12 GMT'])
      expect(await status(other)).toBe(200);
  });

  test('is no matter to HEAD, and not to whoever has the file already', async () => {
    const head = await ada.head(place, { Range: 'bytes=0-4' });
    expect([head.status, head.headers['content-length']]).toEqual([200, '10']);
    const known = { 'If-None-Match': `"${sha256(digits)}"` };
    for (const range of ['bytes=0-4', 'bytes=99-'])
      expect((await ada.get(place, { ...known, Range: range })).status).toBe(304);
  });
});

/** Files of the uploads that this process has open. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(app.uploadFolder) ? [target] : [];
    } catch {
      return []; // It was the folder of this very list.
    }
  });
}

describe('no file stays open', () => {
  const large = Buffer.alloc(20_000_000);

  test('when the client leaves in the middle', async () => {
    const path = await placeOf(file('large', large));
    await new Promise<void>((resolve) => {
      const headers = { Authorization: `Bearer ${ada.accessToken}` };
      const asked = request(`${app.url}/api/v1${path}`, { headers }, (incoming) => {
        incoming.once('data', () => {
          expect(openFiles()).toHaveLength(process.platform === 'linux' ? 1 : 0);
          incoming.destroy();
          resolve();
        });
        incoming.on('error', () => undefined);
      });
      asked.on('error', () => undefined).end();
    });
    await eventually(() => (openFiles().length === 0 ? true : undefined));
  });

  test('by HEAD, by 304 and by refusals', async () => {
    await ada.head(place);
    await ada.get(place, { 'If-None-Match': `"${sha256(digits)}"` });
    await ada.get(place, { Range: 'bytes=99-' });
    await ada.get(place);
    await eventually(() => (openFiles().length === 0 ? true : undefined));
  });
});

describe('bytes that are lost', () => {
  test('are a 503, not an empty file', async () => {
    const { body } = await upload(ada, file('lost', 'lost'));
    const { id } = body.items[0];
    await app.platform.storage.remove(id);
    expect(await ada.get(`/files/${id}/content`)).toBeProblem(503, 'service_unavailable');
  });

  test('in part end the connection before it looks whole', async () => {
    const { body } = await upload(ada, file('cut', digits));
    const { id } = body.items[0];
    await truncate(`${app.uploadFolder}/${id.slice(0, 2)}/${id}`, 5);
    await expect(ada.get(`/files/${id}/content`)).rejects.toThrow(/aborted|hang up/);
  });
});
