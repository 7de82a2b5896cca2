/** Hostile bytes in every media type that a body may have. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { inheritedNames, longestBlockMs, usedBytes, watchLoop } from './harm.ts';
import { operation, serve } from './support.ts';
import { bodyOf, boundary, closing, multipartType, partBytes } from './uploads.ts';
import { ask } from './wire.ts';
import type { MediaTypeObject } from '#contract/document.ts';
import type { Spec, TinyServer } from './support.ts';
import type { Part } from './uploads.ts';

const text = { type: 'string', maxLength: 100_000 };
const closed = {
  type: 'object',
  properties: {
    a: text,
    i: { type: 'integer' },
    n: { type: 'number' },
    list: { type: 'array', items: text, maxItems: 10 },
    o: { type: 'object', properties: { a: text }, additionalProperties: false },
  },
  additionalProperties: false,
};
const open = { type: 'object', additionalProperties: true };
const file = { type: 'object', properties: { a: text, file: { type: 'string', format: 'binary', maxLength: 1000 } }, additionalProperties: false }; // prettier-ignore

const form = 'application/x-www-form-urlencoded';
const paths: Record<string, Record<string, MediaTypeObject>> = {
  '/json': { 'application/json': { schema: closed }, 'application/hal+json': { schema: closed } },
  '/open': { 'application/json': { schema: open } },
  '/any': { 'application/json': { schema: {} } },
  '/form': { [form]: { schema: closed.properties.o } },
  '/encoded': { [form]: { schema: closed, encoding: { o: { contentType: 'application/json' }, list: { style: 'pipeDelimited', explode: false } } } },
  '/multipart': { 'multipart/form-data': { schema: closed } },
  '/file': { 'multipart/form-data': { schema: file } },
  '/text': { 'text/plain': { schema: text }, 'text/*': { schema: text } },
  '/bytes': { 'image/png': { schema: { type: 'string', format: 'binary', maxLength: 1000 } } },
  '/all': { '*/*': {} },
}; // prettier-ignore
const spec: Spec = {
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, content]) => [
      path,
      { post: operation(`add${path.slice(1)}`, { requestBody: { required: true, content } }) },
    ]),
  ),
};

const loop = watchLoop();
const names = inheritedNames();
const serving = serve(spec);
afterEach(() => {
  expect(inheritedNames()).toEqual(names);
});
afterAll(async () => {
  await (await serving)[Symbol.asyncDispose]();
  expect(loop.blockedMs()).toBeLessThan(longestBlockMs);
});

interface Sent {
  readonly path: string;
  readonly type?: string;
  readonly body: string | Buffer;
}

/** The reply, after a look at what else the body did. */
async function sent({ path, type, body }: Sent) {
  const api: TinyServer = await serving;
  const earlier = api.handled.length;
  const headers = {
    'Content-Length': Buffer.byteLength(body),
    ...(type !== undefined && { 'Content-Type': type }),
  };
  const answer = await loop.during(() => ask(api.port, { method: 'POST', path, headers, body }));
  expect(api.escaped).toEqual([]);
  expect(api.handled).toHaveLength(earlier + (answer.status === 200 ? 1 : 0));
  api.problems.length = 0;
  const parsed = JSON.parse(answer.text);
  if (answer.status !== 200) expect(answer.text.length).toBeLessThan(100_000);
  return { status: answer.status, body: parsed.body, errors: parsed.errors?.[0] };
}

const json = 'application/json';
const utf16 = Buffer.from('{"a":"x"}', 'utf16le');

describe('JSON', () => {
  type Row = [what: string, body: string | Buffer, status: number, error?: object];
  const rows: Row[] = [
    ['nothing', '', 422, { pointer: '', type: 'required' }],
    ['a space', ' ', 400],
    ['half of it', '{"a":', 400],
    ['two of it', '{}{}', 400],
    ['NUL itself', '{"a":"\0"}', 400],
    ['NUL', '{"a":"\\u0000"}', 422, { pointer: '/a', type: 'text' }],
    ['NUL in a name', '{"\\u0000":1}', 422, { pointer: '', type: 'text' }],
    ['a lone surrogate', '{"a":"\\ud800"}', 422, { pointer: '/a', type: 'text' }],
    ['surrogates the wrong way round', '{"a":"\\udc00\\ud800"}', 422, { pointer: '/a', type: 'text' }],
    ['a lone surrogate as bytes', Buffer.from('7b2261223a22eda08022 7d'.replaceAll(' ', ''), 'hex'), 400],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400],
    ['UTF-8 that is too long', Buffer.from([0x22, 0xc0, 0x80, 0x22]), 400],
    ['UTF-8 that is cut off', Buffer.from([0x22, 0xe2, 0x82]), 400],
    ['UTF-16', utf16, 400],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 400],
    ['__proto__', '{"__proto__":{"polluted":1}}', 422, { pointer: '/__proto__', type: 'additionalProperties' }],
    ['__proto__ inside', '{"o":{"__proto__":{"polluted":1}}}', 422, { pointer: '/o/__proto__', type: 'additionalProperties' }],
    ['__proto__ written otherwise', '{"\\u005f_proto__":{"polluted":1}}', 422, { pointer: '/__proto__', type: 'additionalProperties' }],
    ['constructor', '{"constructor":{"prototype":{"polluted":1}}}', 422, { pointer: '/constructor', type: 'additionalProperties' }],
    ['prototype', '{"prototype":{}}', 422, { pointer: '/prototype', type: 'additionalProperties' }],
    ['an empty name', '{"":1}', 422, { pointer: '/', type: 'additionalProperties' }],
    ['a huge name', `{"${'x'.repeat(500_000)}":1}`, 422, { type: 'additionalProperties' }],
    ['a huge text', `{"a":"${'x'.repeat(500_000)}"}`, 422, { pointer: '/a', type: 'maxLength' }],
    ['0x10', '{"i":0x10}', 400],
    ['Infinity', '{"i":Infinity}', 400],
    ['NaN', '{"i":NaN}', 400],
    ['+1', '{"i":+1}', 400],
    ['01', '{"i":01}', 400],
    ['1e999', '{"n":1e999}', 422, { pointer: '/n', type: 'number' }],
    ['-1e999', '{"n":-1e999}', 422, { pointer: '/n', type: 'number' }],
    ['2^53', '{"i":9007199254740992}', 422, { pointer: '/i', type: 'maximum' }],
    ['2^53+1', '{"i":9007199254740993}', 422, { pointer: '/i', type: 'maximum' }],
    ['-2^53', '{"i":-9007199254740992}', 422, { pointer: '/i', type: 'minimum' }],
    ['a number of a thousand digits', `{"n":${'9'.repeat(1000)}}`, 422, { pointer: '/n', type: 'number' }],
    ['a number as text', '{"i":"1"}', 422, { pointer: '/i', type: 'type' }],
    ['true for a number', '{"i":true}', 422, { pointer: '/i', type: 'type' }],
    ['a list for an object', '[]', 422, { pointer: '', type: 'type' }],
    ['8000 lists inside each other', `${'['.repeat(8000)}${']'.repeat(8000)}`, 422, { type: 'depth' }],
    ['400,000 lists inside each other', `${'['.repeat(400_000)}${']'.repeat(400_000)}`, 422, { type: 'depth' }],
    ['lists that are never closed', '['.repeat(1_000_000), 422, { type: 'depth' }],
    ['objects inside each other', `${'{"o":'.repeat(2500)}1${'}'.repeat(2500)}`, 422, { type: 'depth' }],
    ['500,000 values', `[${'1,'.repeat(500_000)}1]`, 413],
    ['100,000 names', `{${Array.from({ length: 50_000 }, (_, index) => `"n${index}":1`).join(',')}}`, 422],
    ['more bytes than may be', `"${'x'.repeat(1_100_000)}"`, 413],
  ]; // prettier-ignore

  const inEach = [json, 'application/hal+json'].flatMap((type) =>
    rows.map(([what, ...rest]) => [what, type, ...rest] as const),
  );

  test.each(inEach)('%s as %s', async (_what, type, body, status, error = {}) => {
    const answer = await sent({ path: '/json', type, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });

  test.each(rows.filter(([, , status]) => status !== 422 && status !== 413))(
    '%s where anything may come',
    async (_what, body, status) => {
      expect(await sent({ path: '/any', type: json, body })).toMatchObject({ status });
    },
  );

  test('what means something to JavaScript is no more than a name where any may come, but for __proto__', async () => {
    const body = '{"constructor":{"prototype":{"polluted":1}},"toString":1,"prototype":{}}';
    expect(await sent({ path: '/open', type: json, body })).toMatchObject({
      status: 200,
      body: JSON.parse(body),
    });
    expect(await sent({ path: '/open', type: json, body: '[{"a":{"__proto__":{}}}]' })).toMatchObject({
      status: 422,
    });
    expect(await sent({ path: '/any', type: json, body: '[{"a":{"__proto__":{}}}]' })).toMatchObject({
      status: 422,
    });
  });

  test('-0 is 0, the last of a name twice counts, and a mark of UTF-8 is none of the text', async () => {
    expect(await sent({ path: '/json', type: json, body: '{"i":-0}' })).toMatchObject({
      status: 200,
      body: { i: 0 },
    });
    expect(await sent({ path: '/json', type: json, body: '{"a":1,"a":"x"}' })).toMatchObject({
      status: 200,
      body: { a: 'x' },
    });
    expect(await sent({ path: '/json', type: json, body: '\ufeff{"a":"x"}' })).toMatchObject({
      status: 200,
      body: { a: 'x' },
    });
  });
});

describe('a Content-Type', () => {
  const rows: [path: string, type: string | undefined, status: number][] = [
    ...['/json', '/form', '/text'].flatMap((path) => {
      const own = { '/json': json, '/form': form, '/text': 'text/plain' }[path] ?? '';
      const charsets = ['utf-16', 'utf-16le', 'utf-7', 'utf-32', 'latin1', 'us-ascii', 'x-unknown', ''];
      return charsets.map((charset): [string, string, number] => [path, `${own}; charset=${charset}`, 415]);
    }),
    ['/json', undefined, 415],
    ['/all', undefined, 415],
    ['/json', '', 415],
    ['/json', 'application', 415],
    ['/json', '*/*', 415],
    ['/json', 'application/*', 415],
    ['/json', 'application/json, text/plain', 415],
    ['/json', `application/json; ${'a=b;'.repeat(3000)}`, 400], // It is JSON, and `a=1` is not.
    ['/json', `application/${'x'.repeat(10_000)}`, 415],
    ['/json', '__proto__', 415],
    ['/json', 'constructor/prototype', 415],
    ['/text', 'text/*', 415],
    ['/multipart', 'multipart/form-data', 400],
    ['/multipart', 'multipart/form-data; boundary=', 400],
    ['/multipart', 'multipart/form-data; boundary=""', 400],
    ['/multipart', `multipart/form-data; boundary=${'x'.repeat(71)}`, 400],
    ['/multipart', `multipart/form-data; boundary="${'x'.repeat(5000)}"`, 400],
    ['/multipart', 'multipart/mixed; boundary=x', 415],
  ]; // prettier-ignore

  test.each(rows)('%s: %s', async (path, type, status) => {
    expect(await sent({ path, ...(type !== undefined && { type }), body: 'a=1' })).toMatchObject({ status });
  });
});

describe('a form', () => {
  const rows: [what: string, body: string | Buffer, status: number, error?: object][] = [
    ['nothing', '', 422, { pointer: '', type: 'required' }],
    ['NUL', 'a=%00', 422, { pointer: '/a', type: 'text' }],
    ['NUL itself', 'a=\0', 422, { pointer: '/a', type: 'text' }],
    ['NUL in a name', 'a%00=1', 422],
    ['a lone surrogate', 'a=%ED%A0%80', 400],
    ['malformed encoding', 'a=%', 400],
    ['malformed encoding of a name', '%zz=1', 400],
    ['invalid UTF-8', 'a=%FF', 400],
    ['invalid UTF-8 itself', Buffer.from([0x61, 0x3d, 0xff]), 400],
    ['UTF-16', Buffer.from('a=x', 'utf16le'), 422],
    ['__proto__', '__proto__=1', 422, { pointer: '/__proto__', type: 'additionalProperties' }],
    ['__proto__ in brackets', 'o[__proto__][polluted]=1', 422, { type: 'additionalProperties' }],
    ['__proto__[polluted]', '__proto__[polluted]=1', 422, { type: 'additionalProperties' }],
    ['constructor', 'constructor=1', 422, { pointer: '/constructor', type: 'additionalProperties' }],
    ['prototype', 'prototype=1', 422, { pointer: '/prototype', type: 'additionalProperties' }],
    ['an empty name', '=1', 422, { pointer: '/', type: 'additionalProperties' }],
    ['a huge name', `${'x'.repeat(500_000)}=1`, 422, { type: 'additionalProperties' }],
    ['a name twice', 'a=1&a=2', 422, { pointer: '/a', type: 'repeated' }],
    ['a name 900 times', 'a=1&'.repeat(900), 422, { pointer: '/a', type: 'repeated' }],
    ['1001 pairs', 'a=1&'.repeat(1001), 400],
    ['a million ampersands', '&'.repeat(1_000_000), 400],
    ['900 names', Array.from({ length: 900 }, (_, index) => `n${index}=1`).join('&'), 422],
    ['more bytes than may be', `a=${'x'.repeat(1_100_000)}`, 413],
  ]; // prettier-ignore
  const inEach = ['/form', '/encoded'].flatMap((path) =>
    rows.map(([what, ...rest]) => [what, path, ...rest] as const),
  );

  test.each(inEach)('%s to %s', async (_what, path, body, status, error = {}) => {
    const answer = await sent({ path, type: form, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });

  const encoded: [what: string, body: string, status: number, error?: object][] = [
    ...['0x10', '1e3', 'Infinity', '%201', '9007199254740993', '01', '1.0', ''].map(
      (value): [string, string, number, object] => [`i=${value}`, `i=${value}`, 422, { pointer: '/i', type: 'type' }],
    ),
    ['1e999', 'n=1e999', 422, { pointer: '/n', type: 'type' }],
    ['a number of 400 digits', `n=${'9'.repeat(400)}`, 422, { pointer: '/n' }],
    ['pieces', `list=${'x|'.repeat(400_000)}`, 422, { pointer: '/list', type: 'maxItems' }],
    ['empty pieces', `list=${'|'.repeat(900_000)}`, 422, { pointer: '/list', type: 'maxItems' }],
    ['encoded pieces', `list=${'%7C'.repeat(300_000)}`, 422, { pointer: '/list', type: 'maxItems' }],
    ['JSON with __proto__', 'o={"__proto__":{"polluted":1}}', 422, { pointer: '/o/__proto__', type: 'additionalProperties' }],
    ['JSON with NUL', 'o={"a":"%5Cu0000"}', 422, { pointer: '/o/a', type: 'text' }],
    ['JSON that is deep', `o=${'['.repeat(400_000)}`, 422, { type: 'depth' }],
    ['JSON of many values', `o=[${'1,'.repeat(400_000)}1]`, 413],
    ['JSON that is none', 'o={', 422, { pointer: '/o', type: 'json' }],
  ]; // prettier-ignore

  test.each(encoded)('%.40s', async (_what, body, status, error = {}) => {
    const answer = await sent({ path: '/encoded', type: form, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });
});

describe('text and bytes', () => {
  const rows: [what: string, path: string, type: string, body: string | Buffer, status: number, error?: object][] = [
    ['nothing', '/text', 'text/plain', '', 422, { type: 'required' }],
    ['NUL', '/text', 'text/plain', 'a\0b', 422, { pointer: '', type: 'text' }],
    ['NUL in other text', '/text', 'text/csv', '\0', 422, { pointer: '', type: 'text' }],
    ['UTF-16', '/text', 'text/plain', Buffer.from('text', 'utf16le'), 422, { pointer: '', type: 'text' }],
    ['invalid UTF-8', '/text', 'text/plain', Buffer.from([0xff]), 400],
    ['a lone surrogate as bytes', '/text', 'text/plain', Buffer.from([0xed, 0xa0, 0x80]), 400],
    ['text that is too long', '/text', 'text/plain', 'x'.repeat(200_000), 422, { pointer: '', type: 'maxLength' }],
    ['more bytes than may be', '/text', 'text/plain', 'x'.repeat(1_100_000), 413],
    ['bytes that are too many', '/bytes', 'image/png', Buffer.alloc(1001), 422, { pointer: '', type: 'maxLength' }],
    ['no bytes', '/bytes', 'image/png', '', 422, { type: 'required' }],
    ['any bytes', '/bytes', 'image/png', Buffer.from([0, 0xff, 0xed, 0xa0]), 200],
    ['anything', '/all', 'x/y; charset=utf-16', Buffer.from([0, 0xff, 0xed, 0xa0]), 200],
    ['more than may be of anything', '/all', 'x/y', Buffer.alloc(1_100_000), 413],
  ]; // prettier-ignore

  test.each(rows)('%s', async (_what, path, type, body, status, error = {}) => {
    const answer = await sent({ path, type, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });
});

describe('a multipart body', () => {
  const multipart = multipartType['Content-Type'];
  const part = (name: string, content: string | Buffer = 'x', type?: string): Part => ({
    name,
    content,
    ...(type !== undefined && { type }),
  });
  const raw = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
  const disposition = 'Content-Disposition: form-data';
  const wholeFile: Part = { name: 'file', filename: 'a', content: 'x' };

  const rows: [what: string, body: Buffer, status: number, error?: object][] = [
    ['nothing', Buffer.from(''), 422, { pointer: '', type: 'required' }],
    ['no part', Buffer.from(closing), 200],
    ['no closing', partBytes(part('a')), 400],
    ['half a part', bodyOf(part('a')).subarray(0, 40), 400],
    ['a part without its end', bodyOf(part('a')).subarray(0, -12), 400],
    ['no boundary', Buffer.from('a=1'), 400],
    ['another boundary', Buffer.from(bodyOf(part('a')).toString().replaceAll(boundary, 'other')), 400],
    ['no headers', raw(`--${boundary}`, '', 'x', closing), 400],
    ['a header that is none', raw(`--${boundary}`, 'nonsense', '', 'x', closing), 400],
    ['no name', raw(`--${boundary}`, disposition, '', 'x', closing), 400],
    ['an empty name', bodyOf(part('')), 400],
    ['__proto__', bodyOf(part('__proto__')), 422, { pointer: '/__proto__', type: 'additionalProperties' }],
    ['__proto__[polluted]', bodyOf(part('__proto__[polluted]')), 422, { type: 'additionalProperties' }],
    ['o[__proto__][polluted]', bodyOf(part('o[__proto__][polluted]')), 422, { type: 'additionalProperties' }],
    ['constructor', bodyOf(part('constructor')), 422, { pointer: '/constructor', type: 'additionalProperties' }],
    ['constructor[prototype]', bodyOf(part('constructor[prototype]')), 422, { type: 'additionalProperties' }],
    ['prototype', bodyOf(part('prototype')), 422, { pointer: '/prototype', type: 'additionalProperties' }],
    ['toString', bodyOf(part('toString')), 422, { pointer: '/toString', type: 'additionalProperties' }],
    ['a huge name', bodyOf(part('x'.repeat(5000))), 422, { pointer: '', type: 'maxLength' }],
    ['a name with NUL', bodyOf(part('a\0')), 400],
    ['NUL', bodyOf(part('a', '\0')), 422, { pointer: '/a', type: 'text' }],
    ['invalid UTF-8', bodyOf(part('a', Buffer.from([0xff]))), 400],
    ['a lone surrogate as bytes', bodyOf(part('a', Buffer.from([0xed, 0xa0, 0x80]))), 400],
    ['an unknown charset', bodyOf(part('a', 'x', 'text/plain; charset=x-unknown')), 400],
    ['a name twice', bodyOf(part('a'), part('a')), 422, { pointer: '/a', type: 'repeated' }],
    ['a name 900 times', bodyOf(...Array.from({ length: 900 }, () => part('a'))), 422, { pointer: '/a', type: 'repeated' }],
    ['2000 parts', bodyOf(...Array.from({ length: 2000 }, () => part('list'))), 413],
    ['8000 parts', bodyOf(...Array.from({ length: 8000 }, () => part('list'))), 413],
    ['900 names', bodyOf(...Array.from({ length: 900 }, (_, index) => part(`n${index}`))), 422],
    ['more text than fields may have', bodyOf(part('a', 'x'.repeat(1_000_000)), part('list', 'x'.repeat(100_000))), 413],
    ['a header that is too long', raw(`--${boundary}`, `${disposition}; name="a"`, `X: ${'x'.repeat(100_000)}`, '', 'x', closing), 400],
    ['a name that is too long for a header', bodyOf(part('x'.repeat(100_000))), 400],
    ['too many headers', raw(`--${boundary}`, `${disposition}; name="a"`, ...Array.from({ length: 3000 }, (_, index) => `X${index}: x`), '', 'x', closing), 400],
    ['0x10', bodyOf(part('i', '0x10')), 422, { pointer: '/i', type: 'type' }],
    ['2^53+1', bodyOf(part('i', '9007199254740993')), 422, { pointer: '/i', type: 'type' }],
    ['JSON with __proto__', bodyOf(part('o', '{"__proto__":{"polluted":1}}')), 422, { pointer: '/o/__proto__', type: 'additionalProperties' }],
    ['JSON that is deep', bodyOf(part('o', '['.repeat(400_000))), 422, { type: 'depth' }],
    ['JSON that is none', bodyOf(part('o', '{')), 422, { pointer: '/o', type: 'json' }],
    ['a file where there is none', bodyOf({ ...wholeFile, name: 'a' }), 422, { pointer: '/a', type: 'file' }],
    ['more bytes than may be', bodyOf(part('a', 'x'.repeat(1_100_000))), 413],
  ]; // prettier-ignore

  test.each(rows)('%s', async (_what, body, status, error = {}) => {
    const answer = await sent({ path: '/multipart', type: multipart, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });

  const files: [what: string, body: Buffer, status: number, error?: object][] = [
    ['a file called __proto__', bodyOf({ ...wholeFile, name: '__proto__' }), 422, { pointer: '/__proto__', type: 'additionalProperties' }],
    ['a filename with NUL', bodyOf({ ...wholeFile, filename: 'a\0' }), 400],
    ['a filename that leads out', bodyOf({ ...wholeFile, filename: '../../etc/passwd' }), 200],
    ['a file twice', bodyOf(wholeFile, wholeFile), 422, { pointer: '/file', type: 'repeated' }],
    ['thousands of files', bodyOf(...Array.from({ length: 5000 }, () => wholeFile)), 422],
    ['a file that is too long', bodyOf({ ...wholeFile, content: 'x'.repeat(1001) }), 422, { pointer: '/file', type: 'maxLength' }],
    ['a file without its end', bodyOf(wholeFile).subarray(0, -12), 400],
    ['text for a file', bodyOf(part('file', 'x')), 422, { pointer: '/file', type: 'file' }],
  ]; // prettier-ignore

  test.each(files)('%s', async (_what, body, status, error = {}) => {
    const answer = await sent({ path: '/file', type: multipart, body });
    expect(answer.status).toBe(status);
    expect(answer.errors ?? {}).toMatchObject(error);
  });

  test('text in another charset that its part names is read by it', async () => {
    const body = bodyOf(part('a', Buffer.from('ä', 'utf16le'), 'text/plain; charset=utf-16le'));
    expect(await sent({ path: '/multipart', type: multipart, body })).toMatchObject({
      status: 200,
      body: { a: 'ä' },
    });
  });
});

test('leaves no memory behind', async () => {
  const attacks: Sent[] = [
    { path: '/json', type: json, body: `[${'1,'.repeat(40_000)}1]` },
    { path: '/encoded', type: form, body: `list=${'x|'.repeat(100_000)}` },
    {
      path: '/multipart',
      type: multipartType['Content-Type'],
      body: bodyOf({ name: 'x', content: 'x'.repeat(200_000) }),
    },
    { path: '/text', type: 'text/plain', body: 'x'.repeat(300_000) },
  ];
  const attack = async () => {
    for (const one of attacks) expect((await sent(one)).status).toBe(422);
  };
  for (let round = 0; round < 5; round += 1) await attack();
  const before = await usedBytes();
  for (let round = 0; round < 25; round += 1) await attack();
  expect((await usedBytes()) - before).toBeLessThan(5_000_000);
});
