import { expect, test } from '@jest/globals';
import { json, operation, serve } from './support.ts';

interface Examples {
  readonly type?: string;
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
}

const formats: Record<string, Examples> = {
  date: {
    taken: ['2026-01-31', '2024-02-29', '0001-01-01', '9999-12-31'],
    refused: ['2026-02-30', '2025-02-29', '0000-01-01', '2026-13-01', '2026-00-10', '2026-1-1', '2026-01-01T00:00:00Z',
      'infinity', 'today', '+2026-01-01', '-0001-01-01', '٢٠٢٦-01-01', ''], // prettier-ignore
  },
  'date-time': {
    taken: [
      '2026-01-31T23:59:59Z',
      '2026-01-31t00:00:00.123456789z',
      '2026-01-31T00:00:00+14:00',
      '2026-01-31T00:00:00-05:30',
    ],
    refused: ['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T00:60:00Z',
      '2026-01-31T00:00:60Z', '2026-01-31T00:00:00', '2026-01-31 00:00:00Z', '2026-01-31T00:00:00+23:59', 'infinity',
      '2026-01-31T00:00:00+14:60', '2026-01-31T00:00Z', '2026-01-31T00:00:00.1234567890Z', 'now', ''], // prettier-ignore
  },
  uuid: {
    taken: ['0f9c2f6e-6d0a-4d5b-9c6b-2a8b1d1f7a10', '0F9C2F6E-6D0A-4D5B-9C6B-2A8B1D1F7A10'],
    refused: [
      'urn:uuid:0f9c2f6e-6d0a-4d5b-9c6b-2a8b1d1f7a10',
      '{0f9c2f6e-6d0a-4d5b-9c6b-2a8b1d1f7a10}',
      '0f9c2f6e6d0a4d5b9c6b2a8b1d1f7a10',
      '',
    ],
  },
  email: {
    taken: ['ada@example.com', 'ada+x@mail.example.com'],
    refused: [
      'ada',
      'ada@',
      '@example.com',
      'ada @example.com',
      'ada@example.com\r\nBcc: bob@example.com',
      `${'a'.repeat(3000)}@example.com`,
      '',
    ],
  },
  byte: { taken: ['', 'YQ==', 'YWI=', 'YWJj'], refused: ['Y', 'YQ', 'YQ=', '*', 'YQ==\n'] },
  ipv4: { taken: ['127.0.0.1'], refused: ['127.1', '256.0.0.1', '0x7f.0.0.1', '127.0.0.1\n'] },
  'json-pointer': { taken: ['', '/a/~0~1'], refused: ['a', '/~2'] },
  password: { taken: ['anything at all'], refused: [] },
  int32: { type: 'integer', taken: [2147483647, -2147483648], refused: [2147483648, -2147483649] },
  int64: { type: 'integer', taken: [Number.MAX_SAFE_INTEGER], refused: [2 ** 53] },
  int8: { type: 'integer', taken: [127, -128], refused: [128, -129] },
  int16: { type: 'integer', taken: [32767, -32768], refused: [32768, -32769] },
  uint8: { type: 'integer', taken: [0, 255], refused: [-1, 256] },
  uint16: { type: 'integer', taken: [0, 65535], refused: [-1, 65536] },
  uint32: { type: 'integer', taken: [0, 4294967295], refused: [-1, 4294967296] },
  uint64: { type: 'integer', taken: [0, Number.MAX_SAFE_INTEGER], refused: [-1, 2 ** 53] },
  'double-int': { type: 'number', taken: [Number.MIN_SAFE_INTEGER], refused: [0.5, 2 ** 53] },
  base64url: { taken: ['', 'YQ', 'YQ==', 'a-_b'], refused: ['a+b', 'a/b', 'YQ===', 'YQ\n'] },
  decimal: {
    taken: ['0', '-1.50', '12345678901234567890.1'],
    refused: ['1e3', '.5', '5.', '+1', '1,5', '0x1', 'NaN', '', '1'.repeat(401)],
  },
  time: { taken: ['23:59:59Z', '00:00:00.5+01:00'], refused: ['24:00:00Z', '00:00', 'now', ''] },
  'time-local': {
    taken: ['23:59:59', '00:00:00.123456789'],
    refused: ['24:00:00', '00:60:00', '00:00:00Z', '0:0:0', ''],
  },
  'date-time-local': {
    taken: ['2026-01-31T23:59:59'],
    refused: ['2026-01-31T23:59:59Z', '2026-02-30T00:00:00', ''],
  },
  duration: { taken: ['P1D', 'PT1H30M', 'P2W'], refused: ['1 day', 'P', 'P1', ''] },
  uri: {
    taken: ['https://a.example/b?c#d', 'urn:isbn:1'],
    refused: ['/b', 'a b', 'https://a.example/\n', ''],
  },
  'uri-reference': { taken: ['/b?c', '', 'https://a.example'], refused: ['a b', '\\\\a'] },
  'uri-template': { taken: ['/things/{id}'], refused: ['/things/{id', '{}'] },
  iri: { taken: ['https://ä.example/ö'], refused: ['/ö', 'https://a.example/ b', '<a>', ''] },
  'iri-reference': { taken: ['/ö', ''], refused: ['a b', '{', 'x'.repeat(3000)] },
  'idn-email': {
    taken: ['ädä@example.com', 'a@ä.example'],
    refused: ['ada', 'a@b@c', 'a @b.c', 'a@.b', `a@${'b'.repeat(3000)}`, ''],
  },
  'idn-hostname': { taken: ['ä.example'], refused: ['-a', 'a..b', 'a b', 'ä'.repeat(254), ''] },
  hostname: { taken: ['a.example'], refused: ['-a', 'a_b', 'a..b', ''] },
  ipv6: { taken: ['::1', '2001:db8::1'], refused: ['1', ':::', '127.0.0.1', ''] },
  regex: { taken: ['^a+$'], refused: ['('] },
  'json-pointer-uri-fragment': { taken: ['#/a'], refused: ['/a'] },
  'relative-json-pointer': { taken: ['1/a', '0#'], refused: ['/a', ''] },
  binary: { taken: ['anything at all'], refused: [] },
  char: { taken: ['x'], refused: [] },
  commonmark: { taken: ['# A'], refused: [] },
  html: { taken: ['<b>'], refused: [] },
  'media-range': { taken: ['a/*'], refused: [] },
  'http-date': { taken: ['any'], refused: [] },
  float: { type: 'number', taken: [0.5, -1e300], refused: [] },
  double: { type: 'number', taken: [0.5], refused: [] },
};

const taken = Object.entries(formats).flatMap(([format, { type = 'string', taken: values }]) =>
  values.map((value) => ({ format, type, value, status: 200 })),
);
const refused = Object.entries(formats).flatMap(([format, { type = 'string', refused: values }]) =>
  values.map((value) => ({ format, type, value, status: 422 })),
);

test.each([...taken, ...refused])('$format $value: $status', async ({ format, type, value, status }) => {
  await using api = await serve({
    paths: { '/x': { post: operation('addX', { requestBody: json({ type, format }) }) } },
  });
  const reply = await api.http.post('/x').type('json').send(JSON.stringify(value));
  expect(reply.status).toBe(status);
  expect(api.handled).toEqual(status === 200 ? ['addX'] : []);
});
