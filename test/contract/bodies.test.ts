import { describe, expect, test } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { serve } from './support.ts';
import { postThing, things } from './things.ts';
import { ask } from './wire.ts';

test('a body arrives as its schema says, with its defaults', async () => {
  const { status, body } = await postThing('/things', '{"title":"Lamp"}');
  expect({ status, body: body.body }).toEqual({ status: 200, body: { title: 'Lamp', kind: 'lamp' } });
});

describe('what cannot be parsed is a 400', () => {
  const malformed: [what: string, body: string | Buffer, detail: string][] = [
    ['no JSON', '{', 'The body is not valid JSON.'],
    ['JavaScript', "{title:'x'}", 'The body is not valid JSON.'],
    ['two values', '{} {}', 'The body is not valid JSON.'],
    ['NaN', 'NaN', 'The body is not valid JSON.'],
    ['brackets', '['.repeat(32), 'The body is not valid JSON.'],
    ['a byte order of UTF-16', Buffer.from([0xff, 0xfe]), 'The body is not valid UTF-8.'],
    ['latin1', Buffer.from('{"title":"caf\xe9"}', 'latin1'), 'The body is not valid UTF-8.'],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The body is not valid UTF-8.'],
  ];

  test.each(malformed)('%s', async (_what, body, detail) => {
    const answer = await postThing('/things', body);
    expect({ status: answer.status, ...answer.body }).toMatchObject({
      status: 400,
      code: 'bad_request',
      detail,
    });
  });

  test.each([
    ['gzip', Buffer.from('{}')],
    ['gzip', gzipSync('{"title":"x"}').subarray(0, -4)],
    ['deflate', Buffer.from('{}')],
    ['br', Buffer.from('{}')],
  ])('not %s', async (encoding, body) => {
    const answer = await postThing('/things', body, { 'Content-Encoding': encoding });
    expect({ status: answer.status, detail: answer.body.detail }).toEqual({
      status: 400,
      detail: 'The body cannot be decompressed.',
    });
  });
});

describe('media types', () => {
  const json200: [contentType: string][] = [
    ['application/json'],
    ['Application/JSON; Charset="UTF-8"'],
    ['application/json;charset=utf8; v=1'],
  ];

  test.each(json200)('%s is taken', async (contentType) => {
    expect(await postThing('/things', '{"title":"Lamp"}', { 'Content-Type': contentType })).toMatchObject({
      status: 200,
    });
  });

  const refused = ['text/plain', 'application/json, text/plain', 'application/x-www-form-urlencoded', 'application/*',
    'application/hal+json', 'application/json; charset=utf-7', 'application/json; charset=latin1', 'json', '',
    'application/json; charset=']; // prettier-ignore

  test.each(refused)('%j is a 415 that names what is taken', async (contentType) => {
    const { status, headers, body } = await postThing('/things', '{"title":"Lamp"}', {
      'Content-Type': contentType,
    });
    expect({ status, code: body.code }).toEqual({ status: 415, code: 'unsupported_media_type' });
    expect(headers['accept-post']).toBe('application/json');
  });

  test('without Content-Type, also', async () => {
    await using api = await serve(things);
    expect(await ask(api.port, { method: 'POST', path: '/things', body: '{}' })).toMatchObject({
      status: 415,
    });
  });

  test('PATCH says it in Accept-Patch; for PUT, HTTP has no header', async () => {
    await using api = await serve(things);
    const patch = await api.http.patch('/things').type('text/plain').send('x').expect(415);
    expect(patch.headers['accept-patch']).toBe('application/json');
    const put = await api.http.put('/things').type('text/plain').send('x').expect(415);
    expect(Object.keys(put.headers).filter((name) => name.startsWith('accept'))).toEqual([]);
    expect(put.body.detail).toBe('Send the body as application/merge-patch+json, in UTF-8.');
  });

  test('of the kind +json are JSON', async () => {
    await using api = await serve(things);
    const { body } = await api.http
      .put('/things')
      .type('application/merge-patch+json')
      .send('{"a":null}')
      .expect(200);
    expect(body.body).toEqual({ a: null });
  });
});

describe('encodings', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
    ['identity', Buffer.from],
  ])('%s is decoded', async (encoding, compress) => {
    const answer = await postThing('/things', compress(Buffer.from('{"title":"Lamp"}')), {
      'Content-Encoding': encoding,
    });
    expect(answer).toMatchObject({ status: 200, body: { body: { title: 'Lamp' } } });
  });

  test.each(['gzip, gzip', 'zstd', 'compress'])(
    '%s is a 415 that names those which are',
    async (encoding) => {
      const { status, headers } = await postThing('/things', '{}', { 'Content-Encoding': encoding });
      expect({ status, ...headers }).toMatchObject({
        status: 415,
        'accept-encoding': 'gzip, deflate, br',
        'accept-post': 'application/json',
      });
    },
  );
});

describe('sizes', () => {
  const chunked = { 'Transfer-Encoding': 'chunked' };
  const zeros = (bytes: number) => Buffer.from(JSON.stringify('0'.repeat(bytes - 2)));

  test('as long as allowed is taken', async () => {
    expect(await postThing('/small', zeros(100))).toMatchObject({ status: 200 });
    expect(await postThing('/small', zeros(100), chunked)).toMatchObject({ status: 200 });
    expect(await postThing('/small', gzipSync(zeros(100)), { 'Content-Encoding': 'gzip' })).toMatchObject({
      status: 200,
    });
  });

  test.each<[string, Buffer, Record<string, string>]>([
    ['by its Content-Length', zeros(101), {}],
    ['in chunks', zeros(101), chunked],
    ['once decompressed', gzipSync(zeros(101)), { 'Content-Encoding': 'gzip' }],
    [
      'before it is decompressed',
      Buffer.concat(Array.from({ length: 10 }, () => gzipSync(''))),
      { 'Content-Encoding': 'gzip', ...chunked },
    ],
  ])('one byte more is a 413, seen %s', async (_how, bytes, headers) => {
    const { status, body } = await postThing('/small', bytes, headers);
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 413,
      code: 'content_too_large',
      detail: 'The body may be 100 bytes long at most.',
    });
  });

  test('without x-max-body, a mebibyte is', async () => {
    expect(await postThing('/anything', zeros(1024 * 1024))).toMatchObject({ status: 200 });
    expect(await postThing('/anything', zeros(1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  test('a bomb of 100 MB is a 413, and is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, '0'), { level: 9 });
    const before = process.memoryUsage().rss;
    expect(await postThing('/anything', bomb, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 413 });
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });
});

describe('a megabyte that would take long to parse', () => {
  const megabyte = 1024 * 1024;
  const many = (value: string) => `[${`${value},`.repeat(megabyte / (value.length + 1) - 2)}0]`;

  test.each([
    ['of brackets', '['.repeat(megabyte)],
    ['of brackets, closed', '['.repeat(megabyte / 2) + ']'.repeat(megabyte / 2)],
    ['of brackets after a text with brackets', '["[{\\"[{",' + '{"a":['.repeat(100_000)],
  ])('%s is a 422', async (_of, body) => {
    const { status, errors } = await postThing('/anything', body);
    expect({ status, errors }).toMatchObject({ status: 422, errors: [{ pointer: '', type: 'depth' }] });
  });

  test.each(['1', '""', '[]', '{}', '{"a":1}'])('of %s is a 413', async (value) => {
    const { status, body } = await postThing('/anything', many(value));
    expect({ status, detail: body.detail }).toEqual({
      status: 413,
      detail: 'The body may hold 104857 names and values at most.',
    });
  });

  test.each(['"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', '"a,b:c,d:e,f:g,h"', '"\\\\\\"{[{[,{[{[,,:"'])(
    'of %s is as good as any: the text is not structure',
    async (value) => {
      expect(await postThing('/anything', many(value))).toMatchObject({ status: 200 });
    },
  );
});

describe('no body', () => {
  test('is a 422 where one is required', async () => {
    const { status, errors } = await postThing('/things', '');
    expect({ status, errors }).toEqual({
      status: 422,
      errors: [{ field: 'body', pointer: '', in: 'body', message: 'is required', type: 'required' }],
    });
  });

  test('is a 422 where one is required, also in chunks', async () => {
    expect(await postThing('/things', '', { 'Transfer-Encoding': 'chunked' })).toMatchObject({ status: 422 });
  });

  test('is undefined where it is optional', async () => {
    await using api = await serve(things);
    const { body } = await api.http.patch('/things').expect(200);
    expect(body).not.toHaveProperty('body');
  });
});

test.each(['get', 'delete'] as const)('a body that %s does not take is ignored', async (method) => {
  await using api = await serve(things);
  const { body } = await api.http[method]('/things').type('text/plain').send('whatever').expect(200);
  expect(body).not.toHaveProperty('body');
});
