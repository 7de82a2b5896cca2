/** Hostile text in every place and every style that a parameter may have. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { inheritedNames, longestBlockMs, usedBytes, watchLoop } from './harm.ts';
import { operation, serve } from './support.ts';
import { ask, requestText, wire } from './wire.ts';
import type { JsonSchema, ParameterObject } from '#contract/document.ts';
import type { TinyServer } from './support.ts';

const text = { type: 'string', maxLength: 20_000 };
const integer = { type: 'integer' };

interface Style {
  readonly parameter: Partial<ParameterObject>;
  readonly shape: 'scalar' | 'list' | 'object';
  /** Writes one value, of a list the second, of an object the property `a`. */
  readonly write: (raw: string) => Sent;
  /** Writes an object of one property. */
  readonly writeAs?: (name: string, raw: string) => Sent;
  /** Writes many values. */
  readonly writeAll: (raws: string[]) => Sent;
}

interface Sent {
  readonly path: string;
  readonly headers?: Record<string, string>;
}

const query = (path: string): Sent => ({ path: `/things?${path}` });
const inPath = (raw: string): Sent => ({ path: `/things/${raw}` });
const cookie = (raw: string): Sent => ({ path: '/things', headers: { Cookie: `v=${raw}` } });
const header = (raw: string): Sent => ({ path: '/things', headers: { 'X-V': raw } });

function scalar(parameter: Style['parameter'], send: (raw: string) => Sent): Style {
  return { parameter, shape: 'scalar', write: send, writeAll: (raws) => send(raws.join(',')) };
}

function list(parameter: Style['parameter'], between: string, send: (raw: string) => Sent): Style {
  const write = (raw: string) => send(`1${between}${raw}`);
  return { parameter, shape: 'list', write, writeAll: (raws) => send(raws.join(between)) };
}

function object(
  parameter: Style['parameter'],
  [between, equals]: [string, string],
  send: (raw: string) => Sent,
): Style {
  const writeAs = (name: string, raw: string) => send(`${name}${equals}${raw}`);
  const writeAll = (raws: string[]) =>
    send(raws.map((raw, index) => `n${index}${equals}${raw}`).join(between));
  return { parameter, shape: 'object', write: (raw) => writeAs('a', raw), writeAs, writeAll };
}

/** Those whose text is percent-encoded. */
const encoded: Record<string, Style> = {
  'form': scalar({}, (raw) => query(`v=${raw}`)),
  'form, list': list({}, '&v=', (raw) => query(`v=${raw}`)),
  'form, list by commas': list({ explode: false }, ',', (raw) => query(`v=${raw}`)),
  'spaceDelimited, list': list({ style: 'spaceDelimited' }, '%20', (raw) => query(`v=${raw}`)),
  'pipeDelimited, list': list({ style: 'pipeDelimited' }, '|', (raw) => query(`v=${raw}`)),
  'pipeDelimited, list exploded': list({ style: 'pipeDelimited', explode: true }, '&v=', (raw) => query(`v=${raw}`)),
  'form, object': object({}, ['&', '='], query),
  'form, object by commas': object({ explode: false }, [',', ','], (raw) => query(`v=${raw}`)),
  'spaceDelimited, object': object({ style: 'spaceDelimited' }, ['%20', '%20'], (raw) => query(`v=${raw}`)),
  'pipeDelimited, object': object({ style: 'pipeDelimited' }, ['|', '|'], (raw) => query(`v=${raw}`)),
  'deepObject': object({ style: 'deepObject' }, ['&v[', ']='], (raw) => query(`v[${raw}`)),
  'path': scalar({ in: 'path' }, inPath),
  'path, list': list({ in: 'path' }, ',', inPath),
  'path, object': object({ in: 'path' }, [',', ','], inPath),
  'path, object exploded': object({ in: 'path', explode: true }, [',', '='], inPath),
  'cookie': scalar({ in: 'cookie' }, cookie),
  'cookie, list': list({ in: 'cookie', explode: false }, ',', cookie),
  'cookie, object': object({ in: 'cookie', explode: false }, [',', ','], cookie),
}; // prettier-ignore

const headers: Record<string, Style> = {
  'header': scalar({ in: 'header', name: 'X-V' }, header),
  'header, list': list({ in: 'header', name: 'X-V' }, ',', header),
  'header, object': object({ in: 'header', name: 'X-V' }, [',', ','], header),
  'header, object exploded': object({ in: 'header', name: 'X-V', explode: true }, [',', '='], header),
}; // prettier-ignore

const json: Record<string, Style> = Object.fromEntries(
  [
    ['JSON in a query', {}, (raw: string) => query(`v=${raw}`)] as const,
    ['JSON in a path', { in: 'path' }, inPath] as const,
    ['JSON in a cookie', { in: 'cookie' }, cookie] as const,
  ].map(([name, parameter, send]) => [name, { ...object(parameter, [',', ':'], (raw) => send(`{%22a%22:${raw}}`)), write: send }]),
); // prettier-ignore

type Items = 'text' | 'integer';

interface Asking {
  readonly items?: Items;
  /** True where an object may have properties of any name. */
  readonly isOpen?: boolean;
}

/** Sends to a server whose operation has one parameter of that style. */
async function sent(
  { parameter, shape }: Style,
  asked: Sent,
  { items = 'text', isOpen = false }: Asking = {},
) {
  const schema = schemaOf(shape, items === 'text' ? text : integer, isOpen);
  return judged(await served({ ...parameter, schema }), asked);
}

/** The same of a parameter that is JSON. */
async function sentJson({ parameter }: Style, asked: Sent, schema: JsonSchema) {
  return judged(await served({ ...parameter, content: { 'application/json': { schema } } }), asked);
}

const servers = new Map<string, Promise<TinyServer>>();

/** One server for each parameter: a thousand would take a minute to start. */
function served(parameter: Partial<ParameterObject>): Promise<TinyServer> {
  const key = JSON.stringify(parameter);
  const server = servers.get(key) ?? serve(specOf(parameter));
  servers.set(key, server);
  return server;
}

function schemaOf(shape: Style['shape'], item: JsonSchema, isOpen: boolean): JsonSchema {
  if (shape === 'scalar') return item;
  if (shape === 'list') return { type: 'array', items: item, maxItems: 10 };
  return { type: 'object', properties: { a: item }, additionalProperties: isOpen ? item : false };
}

function specOf(parameter: Partial<ParameterObject>) {
  const isInPath = parameter.in === 'path';
  const whole = { name: 'v', in: 'query', required: isInPath, ...parameter } as const;
  const path = isInPath ? '/things/{v}' : '/things';
  return { paths: { [path]: { get: operation('getThings', { parameters: [whole] }) } } };
}

/** The reply, after a look at what else it did. */
async function judged(api: TinyServer, { path, headers: own = {} }: Sent) {
  const earlier = api.handled.length;
  const answer = await loop.during(() => ask(api.port, { path, headers: own }));
  expect(api.escaped).toEqual([]);
  expect(api.handled).toHaveLength(earlier + (answer.status === 200 ? 1 : 0));
  expect(answer.text.length).toBeLessThan(100_000);
  return { status: answer.status, body: JSON.parse(answer.text) };
}

const names = inheritedNames();
const loop = watchLoop();
afterEach(() => {
  expect(inheritedNames()).toEqual(names);
});
afterAll(async () => {
  for (const server of servers.values()) await (await server)[Symbol.asyncDispose]();
  expect(loop.blockedMs()).toBeLessThan(longestBlockMs);
});

const rows = <Value>(styles: Record<string, Style>, values: readonly Value[]) =>
  Object.entries(styles).flatMap(([name, style]) => values.map((value) => ({ name, style, value })));

describe('text that is none', () => {
  const malformed = [
    '%',
    '%zz',
    '%4',
    '%FF',
    '%C3%28',
    '%E2%82',
    '%C0%80',
    '%ED%A0%80',
    '%ED%A0%80%ED%B0%80',
    '%u0041',
  ];

  test.each(rows(encoded, malformed))('$name: $value is a 400', async ({ style, value }) => {
    const { status, body } = await sent(style, style.write(value));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad_request' });
  });

  test.each(rows(json, malformed))('$name: "$value" is a 400', async ({ style, value }) => {
    expect(await sentJson(style, style.write(`%22${value}%22`), {})).toMatchObject({ status: 400 });
  });

  test.each(rows(encoded, ['%00', 'a%00b']))('$name: $value is a 422', async ({ style, value }) => {
    const { status, body } = await sent(style, style.write(value));
    expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'text' });
  });

  test.each(rows(json, ['%5Cu0000', '%5Cud800', '%5Cudc00%5Cud800']))(
    '$name: "$value" is a 422',
    async ({ style, value }) => {
      const { status, body } = await sentJson(style, style.write(`%22${value}%22`), {});
      expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'text' });
    },
  );

  test.each(rows(headers, ['\0', '\x7f', '\x01', '\n', '\r']))(
    '$name: $value never arrives',
    async ({ style, value }) => {
      await using api = await serve(
        specOf({ ...style.parameter, schema: schemaOf(style.shape, text, false) }),
      );
      using client = await wire(api.port);
      client.send(requestText('GET /things', style.write(value).headers));
      expect(await client.closed()).toMatch(/^HTTP\/1\.1 400 /);
      expect(api.handled).toEqual([]);
    },
  );
});

describe('numbers in odd forms', () => {
  const odd = ['0x10', '1e3', 'Infinity', '-Infinity', 'NaN', '+1', '01', '1.0', '1_0', '--1', 'true', 'null',
    '9007199254740993', '-9007199254740993', '9'.repeat(400)]; // prettier-ignore

  test.each(rows({ ...encoded, ...headers }, odd))('$name: $value is a 422', async ({ style, value }) => {
    const { status, body } = await sent(style, style.write(value), { items: 'integer' });
    expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'type' });
  });

  test.each(rows(encoded, ['%201', '1%20', '%D9%A1', '1%00']))(
    '$name: $value is a 422',
    async ({ style, value }) => {
      expect(await sent(style, style.write(value), { items: 'integer' })).toMatchObject({ status: 422 });
    },
  );

  test.each(rows({ ...encoded, ...headers }, ['-0']))('$name: $value is 0', async ({ style, value }) => {
    const { status, body } = await sent(style, style.write(value), { items: 'integer' });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toMatch(/[:[,]0[,}\]]/);
  });

  test.each(rows(json, ['0x10', 'Infinity', 'NaN', '01', '.5', '%2B1']))(
    '$name: $value is a 400',
    async ({ style, value }) => {
      expect(await sentJson(style, style.write(value), integer)).toMatchObject({ status: 400 });
    },
  );

  test.each(rows(json, ['9007199254740993', '1.5', 'true', 'null', '%221%22', '1e999']))(
    '$name: $value is a 422',
    async ({ style, value }) => {
      expect(await sentJson(style, style.write(value), integer)).toMatchObject({ status: 422 });
    },
  );
});

describe('names that mean something to JavaScript', () => {
  const objects = Object.fromEntries(
    Object.entries({ ...encoded, ...headers }).filter(([, { writeAs }]) => writeAs),
  );
  const special = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];

  test.each(rows(objects, special))('$name: $value is not known', async ({ style, value }) => {
    const { status, body } = await sent(style, style.writeAs?.(value, '1') ?? { path: '' });
    expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'additionalProperties' });
  });

  test.each(rows(objects, special))(
    '$name: $value is no more than a name where any is allowed',
    async ({ style, value }) => {
      const { status, body } = await sent(style, style.writeAs?.(value, '1') ?? { path: '' }, {
        isOpen: true,
      });
      expect(status).toBe(value === '__proto__' ? 422 : 200);
      if (status === 200) expect(JSON.stringify(body)).toContain(`{"${value}":"1"}`);
    },
  );

  const bracketed = ['v[__proto__][polluted]=1', 'v[constructor][prototype][polluted]=1', 'v[__proto__]=1', '__proto__[polluted]=1',
    'v.__proto__.polluted=1', 'v[]=1', 'v[=1', 'v]=1', 'v[a=1', 'v[a]]=1', 'v[[a]]=1', 'v[a][b]=1', 'v[a][]=1', '[a]=1', '=1', '[]=1',
    'v=1', 'v[a]=1&v[a]=2', 'v[a]=1&v=2', `v[${'x'.repeat(8000)}]=1`, `${'v['.repeat(4000)}=1`, `${'[]'.repeat(4000)}=1`]; // prettier-ignore

  test.each(bracketed)('%.60s is a 422', async (pairs) => {
    const { status, body } = await sent(object({ style: 'deepObject' }, ['', ''], query), query(pairs));
    expect(status).toBe(422);
    expect(JSON.stringify(body).length).toBeLessThan(2000);
  });

  test.each(rows(json, special))('$name: $value is not known', async ({ style, value }) => {
    const closed = { type: 'object', properties: { a: text }, additionalProperties: false };
    const { status, body } = await sentJson(
      style,
      style.write(`{%22${value}%22:{%22polluted%22:1}}`),
      closed,
    );
    expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'additionalProperties' });
  });

  test.each(rows(json, ['{%22__proto__%22:{%22polluted%22:1}}', '[{%22a%22:{%22__proto__%22:1}}]']))(
    '$name: $value is a 422 where anything is allowed',
    async ({ style, value }) => {
      const { status, body } = await sentJson(style, style.write(value), {});
      expect({ status, type: body.errors?.[0]?.type }).toEqual({ status: 422, type: 'additionalProperties' });
    },
  );
});

describe('too much', () => {
  test.each(rows({ ...encoded, ...headers }, [900]))(
    '$name: $value values are a 422',
    async ({ style, value }) => {
      const { status, body } = await sent(style, style.writeAll(Array.from({ length: value }, () => 'x')), {
        items: 'integer',
      });
      expect(status).toBe(422);
      expect(body.errors.length).toBeLessThanOrEqual(100);
    },
  );

  const inOne = Object.fromEntries(
    Object.entries({ ...encoded, ...headers }).filter(
      ([, style]) => !style.writeAll(['a', 'b']).path.includes('&'),
    ),
  );
  const commas = rows(inOne, [',', '%20', '%7C', '|', '%2C']);

  test.each(commas)('$name: thousands of $value are a 422', async ({ style, value }) => {
    const raw = `x${value}`.repeat(Math.floor(14_000 / (value.length + 1)));
    expect(await sent(style, style.write(raw), { items: 'integer' })).toMatchObject({ status: 422 });
  });

  test('more than a thousand pairs are a 400 in every style of a query', async () => {
    for (const style of Object.values(encoded)) {
      const { path } = style.write('1');
      if (!path.includes('?')) continue;
      expect(await sent(style, { path: path + '&v=1'.repeat(1001) })).toMatchObject({ status: 400 });
    }
  });

  test.each(Object.entries(json))('%s: thousands of brackets are a 422', async (_name, style) => {
    const deep = `${'['.repeat(6000)}${']'.repeat(6000)}`;
    expect(await sentJson(style, style.write(deep), {})).toMatchObject({ status: 422 });
    expect(await sentJson(style, style.write(deep.slice(1)), {})).toMatchObject({ status: 400 });
  });

  test('leaves no memory behind', async () => {
    const style = object({ style: 'deepObject' }, ['&v[', ']='], (raw) => query(`v[${raw}`));
    await using api = await serve(specOf({ ...style.parameter, schema: schemaOf('object', integer, false) }));
    const attack = async () => {
      const names = Array.from({ length: 900 }, () => Math.random().toString(36).slice(2, 8));
      return ask(api.port, {
        path: `/things?${names.map((name) => `v[${name}]=x`).join('&')}`.slice(0, 15_000),
      });
    };
    for (let round = 0; round < 20; round += 1) await attack();
    const before = await usedBytes();
    for (let round = 0; round < 200; round += 1) expect((await attack()).status).toBe(422);
    api.problems.length = 0;
    expect((await usedBytes()) - before).toBeLessThan(5_000_000);
  });
});
