/** What is sent as a body: to every operation that takes one, and into every property of its schema. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { asNode, typesOf } from '../../../scripts/fuzz/contract.ts';
import type { Node, Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';
import { plainRequest, propertiesOf } from './attack.ts';
import type { Attack } from './attack.ts';
import { multipartRows } from './multipart.ts';

interface Row {
  readonly name: string;
  readonly body: string | Buffer;
  readonly expected: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
}

const bomb = gzipSync(Buffer.alloc(50_000_000));
const brotliBomb = brotliCompressSync(Buffer.alloc(50_000_000));
const deep = (open: string, close: string) => open.repeat(6000) + close.repeat(6000);

const jsonRows: readonly Row[] = [
  { name: 'bytes FF FE', body: Buffer.from([0xff, 0xfe]), expected: [400] },
  {
    name: 'invalid UTF-8 in a string',
    body: Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    expected: [400],
  },
  { name: '6,000 levels of arrays', body: deep('[', ']'), expected: [413, 422] },
  {
    name: '6,000 levels of objects',
    body: `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`,
    expected: [413, 422],
  },
  { name: '6,000 levels, never closed', body: '['.repeat(6000), expected: [400, 422] },
  { name: '__proto__', body: '{"__proto__":{}}', expected: [422] },
  {
    name: 'constructor.prototype',
    body: '{"constructor":{"prototype":{"is_superuser":true}}}',
    expected: [422],
  },
  { name: 'an id', body: '{"id":1}', expected: [422] },
  { name: 'an unknown property', body: '{"nope":1}', expected: [422] },
  { name: 'an empty name', body: '{"":1}', expected: [422] },
  ...['null', '[]', '"x"', '1', 'true', '[{}]'].map((body) => ({ name: body, body, expected: [422] })),
  ...[
    '{"a":',
    '{"a":1',
    '{',
    '"',
    '{a:1}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '[1,]',
    '{}{}',
    '{"a":1,}',
    '//\n{}',
  ].map((body) => ({ name: `not JSON: ${body}`, body, expected: [400] })),
  { name: '1e999', body: '{"a":1e999}', expected: [400, 422] },
  { name: 'a number of 10,000 digits', body: `{"a":${'9'.repeat(10_000)}}`, expected: [400, 422] },
  { name: 'NUL between tokens', body: '{\0}', expected: [400] },
  { name: 'nothing', body: '', expected: [400, 422] },
  { name: 'blanks only', body: '   ', expected: [400, 422] },
  { name: '2 MB', body: JSON.stringify({ a: 'x'.repeat(2_000_000) }), expected: [413] },
  { name: 'thousands of unknown properties', body: manyProperties(1500), expected: [422] },
  encoded('a gzip bomb', 'gzip', { body: bomb, expected: [413] }),
  encoded('a brotli bomb', 'br', { body: brotliBomb, expected: [413] }),
  encoded('a truncated gzip', 'gzip', { body: gzipSync('{"a":1}').subarray(0, 12), expected: [400] }),
  encoded('a gzip that is none', 'gzip', { body: 'not gzip', expected: [400] }),
  encoded('two encodings', 'gzip, gzip', { body: gzipSync(gzipSync('{}')), expected: [415] }),
  encoded('an unknown encoding', 'zip', { body: '{}', expected: [415] }),
  typed('charset=utf-7', 'application/json; charset=utf-7'),
  typed('charset=utf-16', 'application/json; charset=utf-16'),
  typed('text/plain', 'text/plain'),
  typed('multipart', 'multipart/form-data; boundary=x'),
  typed('XML', 'application/xml'),
  typed('a media type that is none', ';;;'),
  typed('a media type with a prefix in common', 'application/jsonx'),
];

function manyProperties(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1])));
}

function encoded(name: string, encoding: string, row: Pick<Row, 'body' | 'expected'>): Row {
  return { name, ...row, headers: { 'Content-Encoding': encoding } };
}

function typed(name: string, type: string): Row {
  return { name, body: '{}', expected: [415], headers: { 'Content-Type': type } };
}

const form = 'application/x-www-form-urlencoded';

const formRows: readonly Row[] = [
  ...['username=%00', 'nope=1', '__proto__=1', 'username[]=a', 'a=1&a=2', '', '='].map((body) => ({
    name: `form ${body}`,
    body,
    expected: [422],
  })),
  ...['username=%', 'username=%FF', '%=1'].map((body) => ({ name: `form ${body}`, body, expected: [400] })),
  { name: 'form bytes FF FE', body: Buffer.from([0xff, 0xfe]), expected: [400, 422] },
  {
    name: 'form of 1,001 fields',
    body: Array.from({ length: 1001 }, (_, n) => `f${n}=1`).join('&'),
    expected: [400, 413, 422],
  },
  { name: 'form of 2 MB', body: `username=${'x'.repeat(2_000_000)}`, expected: [413] },
  {
    name: 'form in utf-7',
    body: 'a=1',
    expected: [415],
    headers: { 'Content-Type': `${form}; charset=utf-7` },
  },
  encoded('form as a gzip bomb', 'gzip', { body: bomb, expected: [413] }),
];

/** Everything for every media type of the body. Throws for one that there are no attacks for. */
export function bodyAttacks(operation: Operation, member: Member): Attack[] {
  const request = plainRequest(operation, member);
  const attacks = [...operation.bodies].flatMap(([type, schema]) =>
    rowsOf(operation, type, schema).map(({ name, body, headers, expected }) => ({
      operation,
      name,
      request: { ...request, headers: { ...request.headers, 'Content-Type': type, ...headers }, body },
      expected,
    })),
  );
  return operation.bodies.size === 0 || operation.bodies.has(form) ? attacks : [...attacks, formToJson()];

  function formToJson(): Attack {
    const headers = { ...request.headers, 'Content-Type': form };
    return { operation, name: 'a form', request: { ...request, headers, body: 'title=a' }, expected: [415] };
  }
}

function rowsOf(operation: Operation, type: string, schema: Node): readonly Row[] {
  if (type === form) return formRows;
  if (type === 'multipart/form-data') return multipartRows;
  if (type !== 'application/json')
    throw new Error(`${operation.id}: there are no attacks for a body of ${type}`);
  const properties = propertiesOf(schema).flatMap(([name, property]) => {
    return valuesFor(operation, name, asNode(property)).map((value) => propertyRow(name, value));
  });
  return [...jsonRows, ...properties, ...missing(schema)];
}

/** The other properties are missing: each request is refused for more than one reason, and once only. */
function propertyRow(name: string, value: unknown): Row {
  const body = JSON.stringify({ [name]: value });
  return { name: body.slice(0, 60), body, expected: [422] };
}

function missing({ required }: Node): Row[] {
  return Array.isArray(required) ? [{ name: 'an empty object', body: '{}', expected: [422] }] : [];
}

/** Values that the schema of a property refuses. Throws for a kind that there are none for. */
export function valuesFor({ id }: Operation, name: string, property: Node): readonly unknown[] {
  const types = typesOf(property);
  const known = types.filter((type) => Object.hasOwn(misfits, type));
  const gap = types.find((type) => type !== 'null' && !Object.hasOwn(misfits, type));
  if (known.length === 0 || gap !== undefined)
    throw new Error(`${id}: there are no attacks for the property ${name}, ${JSON.stringify(property)}`);
  const otherTypes = [[], {}, [{}], ...(types.includes('null') ? [] : [null])];
  return [...otherTypes, ...known.flatMap((type) => misfits[type]?.(property) ?? [])];
}

const misfits: Readonly<Record<string, (property: Node) => readonly unknown[]>> = {
  string: (property) => [
    ...['a\0b', '\ud800', 'a\udfff', '\udc00\ud800', '\0'],
    ...['x', '\u{1f600}', 'é'].map((unit) => unit.repeat(Number(property['maxLength']) + 1)),
    ...(Number(property['minLength'] ?? 0) > 0 ? [''] : []),
    ...[1, true, -1.5],
    ...(property['format'] === 'email'
      ? ['no', 'a@', '@a', 'a@b@c', 'a@b\r\nBcc: x@y.z', 'a b@c.d', ' a@b.cd']
      : []),
  ],
  boolean: () => ['true', 'false', 1, 0, ''],
  integer: (property) => [
    ...[Number(property['minimum']) - 1, Number(property['maximum']) + 1, 1.5, 1e308, '1', '0x1', true],
  ],
};
