import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { operation, serve } from './support.ts';
import {
  avatar,
  bodyOf,
  boundary,
  multipartType,
  partBytes,
  postProfile,
  shelf,
  title,
  uploads,
} from './uploads.ts';
import { ask } from './wire.ts';
import type { Part } from './uploads.ts';
import type { Spec } from './support.ts';

test('fields arrive decoded by their schema, files as what their sinks returned', async () => {
  const { status, body, files } = await postProfile(
    bodyOf(
      title,
      { name: 'age', content: '36' },
      { name: 'tags', content: '1' },
      { name: 'tags', content: '2' },
      { name: 'address', content: '{"city":"London"}' },
      avatar,
      { name: 'papers', filename: 'a.pdf', type: 'application/pdf', content: 'A' },
      { name: 'papers', filename: 'b.pdf', type: 'application/pdf', content: '' },
    ),
  );
  expect({ status, body: body.body }).toEqual({
    status: 200,
    body: {
      title: 'Ada',
      age: 36,
      tags: [1, 2],
      address: { city: 'London' },
      avatar: { filename: 'ada.png', mediaType: 'image/png', size: 3, place: 'shelf/1' },
      papers: [
        { filename: 'a.pdf', mediaType: 'application/pdf', size: 1, place: 'shelf/2' },
        { filename: 'b.pdf', mediaType: 'application/pdf', size: 0, place: 'shelf/3' },
      ],
      kind: 'person',
    },
  });
  expect([...files.stored].map(([name, bytes]) => [name, String(bytes)])).toEqual([
    ['ada.png', 'PNG'],
    ['a.pdf', 'A'],
    ['b.pdf', ''],
  ]);
});

test('without sinks of the application, files are kept in memory', async () => {
  const { body } = await postProfile(bodyOf(title, avatar), { options: { fileSinks: undefined } });
  expect(Buffer.from(body.body.avatar.bytes.data).toString()).toBe('PNG');
});

test('bytes that look like a boundary, and every other byte, arrive as they are', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`\r\n--${boundary.slice(0, -1)}\r\n--\r\n`),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  ]);
  const { files } = await postProfile(bodyOf(title, { ...avatar, content: bytes }));
  expect(files.stored.get('ada.png')).toEqual(bytes);
});

describe('the name of a file is data', () => {
  const names = [
    '../../etc/passwd',
    'пример.png',
    `${'x'.repeat(300)}.png`,
    'a%22b.png',
    'C:\\\\x\\\\a.png',
    ' ',
  ];

  test.each(names)('%s', async (filename) => {
    const { status, body } = await postProfile(bodyOf(title, { ...avatar, filename }));
    const last = filename.replaceAll('%22', '"').split(/[/\\]/).at(-1);
    expect({ status, filename: body.body?.avatar.filename }).toEqual({ status: 200, filename: last });
  });
});

describe('what does not fit the contract is a 422 that points to its part, and no file stays', () => {
  const field = (name: string, content = 'x'): Part => ({ name, content });
  const file = (name: string, rest: Part = {}): Part => ({ ...avatar, name, ...rest });
  const refused: [what: string, parts: Part[], error: object][] = [
    ['a missing field', [avatar], { pointer: '/title', type: 'required' }],
    ['a missing file', [title], { pointer: '/avatar', field: 'body.avatar', type: 'required' }],
    ['an empty file input', [title, file('avatar', { filename: '', content: '' })], { pointer: '/avatar', type: 'required' }],
    ['a field of the wrong type', [title, avatar, field('age')], { pointer: '/age', type: 'type' }],
    ['an unknown field', [title, avatar, field('colour')], { pointer: '/colour', type: 'additionalProperties' }],
    ['an unknown file', [title, avatar, file('colour')], { pointer: '/colour', type: 'additionalProperties' }],
    ['an unnamed file of unknown name', [title, avatar, { name: 'colour', type: 'application/octet-stream', content: 'x' }], { pointer: '/colour', type: 'filename' }],
    ['a field twice', [title, title, avatar], { pointer: '/title', type: 'repeated' }],
    ['a file twice', [title, avatar, avatar], { pointer: '/avatar', type: 'repeated' }],
    ['too many files', [title, avatar, ...Array.from({ length: 4 }, () => file('papers', { type: 'application/pdf' }))], { pointer: '/papers', type: 'maxItems' }],
    ['a field for a file', [title, field('avatar')], { pointer: '/avatar', type: 'file', message: 'must be a file' }],
    ['a file for a field', [file('title'), avatar], { pointer: '/title', type: 'file', message: 'must not be a file' }],
    ['another media type', [title, file('avatar', { type: 'text/html' })], { pointer: '/avatar', type: 'contentType', message: 'must be image/png or image/jpeg' }],
    ['another contentMediaType', [title, avatar, file('papers')], { pointer: '/papers', type: 'contentType' }],
    ['no JSON', [title, avatar, field('address', '{')], { pointer: '/address', type: 'json', message: 'must be JSON' }],
    ['JSON of another shape', [title, avatar, field('address', '{}')], { pointer: '/address/city', type: 'required' }],
    ['deep JSON', [title, avatar, field('address', '['.repeat(50) + ']'.repeat(50))], { type: 'depth' }],
    ['a file that is too long', [title, file('avatar', { content: 'x'.repeat(1001) })], { pointer: '/avatar', type: 'maxLength', message: 'must be 1000 bytes long at most' }],
    ['NUL in a field', [field('title', 'a\0'), avatar], { pointer: '/title', type: 'text' }],
    ['__proto__', [title, avatar, field('__proto__')], { pointer: '/__proto__' }],
    ['__proto__ as a file', [title, avatar, file('__proto__')], { pointer: '/__proto__' }],
    ['constructor', [title, avatar, field('constructor')], { pointer: '/constructor' }],
    ['a name with brackets', [title, avatar, field('tags[]', '1')], { pointer: '/tags[]', type: 'additionalProperties' }],
    ['a name of an object', [title, avatar, field('address[city]')], { pointer: '/address[city]' }],
    ['a sparse list', [title, avatar, field('tags[999999999]')], { pointer: '/tags[999999999]' }],
    ['a long name', [title, avatar, field('x'.repeat(2000))], { type: 'maxLength' }],
  ]; // prettier-ignore

  test.each(refused)('%s', async (_what, parts, error) => {
    const { status, errors, files, handled, escaped } = await postProfile(bodyOf(...parts));
    expect({ status, error: errors?.[0] }).toEqual({ status: 422, error: expect.objectContaining(error) });
    expect({ stored: files.stored.size, discarded: files.discarded.length }).toEqual({
      stored: 0,
      discarded: files.opened.length,
    });
    expect({ handled, escaped }).toEqual({ handled: [], escaped: [] });
  });

  test('a NUL in the name of a file', async () => {
    const part = partBytes({ ...avatar, filename: 'x' })
      .toString()
      .replace('filename="x"', "filename*=UTF-8''a%00b");
    const { status, errors } = await postProfile(Buffer.concat([Buffer.from(part), bodyOf(title)]));
    expect({ status, errors }).toMatchObject({ status: 422, errors: [{ pointer: '/avatar', type: 'text' }] });
  });
});

describe('what cannot be taken apart is a 400', () => {
  const whole = bodyOf(title, avatar);
  const cut: [what: string, body: Buffer][] = [
    ['nothing at all', Buffer.from('x')],
    ['no closing boundary', whole.subarray(0, -closingLength())],
    ['an end in a file', whole.subarray(0, whole.indexOf('PNG') + 1)],
    ['an end in the headers of a part', whole.subarray(0, whole.indexOf('filename'))],
    ['a part without name', bodyOf(title, avatar, { content: 'x' })],
    ['a file without name', bodyOf(title, avatar, { filename: 'x', content: 'x' })],
    ['a name of a megabyte', bodyOf(title, avatar, { name: 'x'.repeat(50_000) })],
    ['a header that is none', Buffer.from(whole.toString().replace('Content-Type', 'Content Type'))],
    ['latin1', bodyOf({ name: 'title', content: Buffer.from('caf\xe9', 'latin1') }, avatar)],
    ['an unknown charset', bodyOf({ ...title, type: 'text/plain; charset=klingon' }, avatar)],
  ];

  test.each(cut)('%s', async (_what, body) => {
    const { status, body: problem, files, escaped } = await postProfile(body);
    expect({ status, code: problem.code }).toEqual({ status: 400, code: 'bad_request' });
    expect({ stored: files.stored.size, escaped }).toEqual({ stored: 0, escaped: [] });
  });

  const types: [what: string, parameter: string][] = [
    ['no boundary', ''],
    ['nothing for a boundary', '; boundary='],
    ['an empty boundary', '; boundary=""'],
    ['a boundary of 10 kB', `; boundary=${'x'.repeat(10_000)}`],
  ];

  test.each(types)('%s', async (_what, parameter) => {
    expect(
      await postProfile(whole, { headers: { 'Content-Type': `multipart/form-data${parameter}` } }),
    ).toMatchObject({ status: 400, files: { opened: [] } });
  });

  const long = 'x'.repeat(71);
  const tooLong: [what: string, type: string][] = [
    ['alone', `multipart/form-data; boundary=${long}`],
    ['before a short one', `multipart/form-data; boundary=${long}; boundary=${boundary}`],
    ['after the look of a short one', `multipart/form-data; a="; boundary=${boundary}; "; boundary=${long}`],
  ];

  test.each(tooLong)('a boundary of 71 characters, which the body has, %s', async (_what, type) => {
    const body = Buffer.from(whole.toString().replaceAll(boundary, long));
    expect(await postProfile(body, { headers: { 'Content-Type': type } })).toMatchObject({
      status: 400,
      files: { opened: [] },
    });
  });

  function closingLength() {
    return `--${boundary}--\r\n`.length;
  }
});

describe('a body is taken apart whatever stands around its boundary', () => {
  const types: [type: string, boundary: string][] = [
    [`multipart/form-data; boundary=${boundary};`, boundary],
    [`multipart/form-data;\tboundary=${boundary}`, boundary],
    [`Multipart/Form-Data; a=b c; BOUNDARY=${boundary}; d`, boundary],
    [`multipart/form-data; boundary=${boundary}; boundary=other`, boundary],
    [`multipart/form-data; boundary=${'x'.repeat(70)}`, 'x'.repeat(70)],
    ['multipart/form-data; boundary="a \\"b\\\\;=c"', 'a "b\\;=c'],
  ];

  test.each(types)('%s', async (type, sent) => {
    const body = Buffer.from(bodyOf(title, avatar).toString().replaceAll(boundary, sent));
    const { status, files } = await postProfile(body, { headers: { 'Content-Type': type } });
    expect({ status, stored: [...files.stored.keys()] }).toEqual({ status: 200, stored: ['ada.png'] });
  });

  test('also where nothing of it is required, and an empty one would do', async () => {
    const schema = { type: 'object', properties: { note: { type: 'string' } } };
    const requestBody = { content: { 'multipart/form-data': { schema } } };
    await using api = await serve({ paths: { '/': { post: operation('note', { requestBody }) } } });
    const answer = await ask(api.port, {
      method: 'POST',
      path: '/',
      headers: { 'Content-Type': `${multipartType['Content-Type']};` },
      body: bodyOf({ name: 'note', content: 'hi' }),
    });
    expect(JSON.parse(answer.text).body).toEqual({ note: 'hi' });
  });
});

test('a text in another charset is decoded when its part says so', async () => {
  const content = Buffer.from('caf\xe9', 'latin1');
  const { body } = await postProfile(
    bodyOf({ name: 'title', type: 'text/plain; charset=iso-8859-1', content }, avatar),
  );
  expect(body.body.title).toBe('café');
});

describe('limits', () => {
  test.each<[string, Buffer, Record<string, string>]>([
    ['a body longer than x-max-body', bodyOf(title, { ...avatar, name: 'papers', type: 'application/pdf', content: 'x'.repeat(100_000) }), { 'Transfer-Encoding': 'chunked' }],
    ['one that says so', bodyOf(title, avatar), { 'Content-Length': '100001' }],
    ['thousands of parts that are neither fields nor files', Buffer.concat([...Array.from({ length: 1500 }, () => Buffer.from(`--${boundary}\r\nA: b\r\n\r\n\r\n`)), bodyOf(title, avatar)]), {}],
    ['thousands of parts', bodyOf(avatar, ...Array.from({ length: 1500 }, () => ({ name: 'x' }))), {}],
    ['a gzip bomb', gzipSync(bodyOf(title, { ...avatar, name: 'papers', type: 'application/pdf', content: '0'.repeat(10_000_000) })), { 'Content-Encoding': 'gzip' }],
  ])('%s is a 413, and nothing stays', async (_what, body, headers) => {
    const { status, body: problem, files } = await postProfile(body, { headers });
    expect({ status, code: problem.code, stored: files.stored.size }).toEqual({
      status: 413,
      code: 'content_too_large',
      stored: 0,
    });
  }); // prettier-ignore

  test('all fields together are held to a mebibyte, however large files may be', async () => {
    const spec: Spec = { paths: { '/': { post: { ...operation('upload', { requestBody: { content: { 'multipart/form-data': { schema: { type: 'object', properties: { notes: { type: 'array', items: { type: 'string' } } } } } } } }), 'x-max-body': 2 ** 30 } } } }; // prettier-ignore
    await using api = await serve(spec);
    const note = { name: 'notes', content: 'x'.repeat(300_000) };
    const answer = await ask(api.port, {
      method: 'POST',
      path: '/',
      headers: multipartType,
      body: bodyOf(note, note, note, note),
    });
    expect({ status: answer.status, detail: JSON.parse(answer.text).detail }).toEqual({
      status: 413,
      detail: 'The fields of the body may be 1048576 bytes long at most, files apart.',
    });
  });
});

test('compressed bodies are taken', async () => {
  const { status, files } = await postProfile(gzipSync(bodyOf(title, avatar)), {
    headers: { 'Content-Encoding': 'gzip' },
  });
  expect({ status, names: [...files.stored.keys()] }).toEqual({ status: 200, names: ['ada.png'] });
});

test('nobody who is not let in opens a sink', async () => {
  const files = shelf();
  const secret: Spec = {
    ...uploads,
    components: { ...uploads.components, securitySchemes: { bearer: {} } },
    security: [{ bearer: [] }],
  };
  await using api = await serve(secret, {
    fileSinks: files,
    authenticators: { bearer: { challenge: 'Bearer', authenticate: async () => ({ kind: 'absent' }) } },
  });
  const answer = await ask(api.port, {
    method: 'POST',
    path: '/profiles',
    headers: multipartType,
    body: bodyOf(title, avatar),
  });
  expect({ status: answer.status, opened: files.opened }).toEqual({ status: 401, opened: [] });
});
