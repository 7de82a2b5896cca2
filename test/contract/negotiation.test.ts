import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { anyProblem, faultsOf, json, operation, serve } from './support.ts';
import type { MediaTypeObject, ResponseObject } from '#contract/document.ts';
import type { Spec, TestHandler, TinyOptions } from './support.ts';

const text = { schema: { type: 'string' } };
const thing = { schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } };

function specOf(responses: Record<string, ResponseObject>): Spec {
  return { paths: { '/report': { get: operation('getReport', { responses }) } } };
}

/** Serves GET /report in these media types. */
function reporting(
  content: Record<string, MediaTypeObject>,
  handler: TestHandler,
  options: TinyOptions = {},
) {
  const spec = specOf({ 200: { content }, default: anyProblem });
  return serve(spec, { ...options, handlers: { getReport: handler } });
}

/** Answers with what the client likes best. */
const obliging: TestHandler = ({ accepted }, reply) => {
  if (accepted === 'text/csv') return reply(200, 'id\r\n1\r\n', { 'Content-Type': 'text/csv' });
  if (accepted === 'application/pdf')
    return reply(200, Buffer.from('%PDF'), { 'Content-Type': 'application/pdf' });
  return reply(200, { id: 1, secret: 2 }, { 'Content-Type': 'application/json' });
};

const three = { 'application/json': thing, 'text/csv': text, 'application/pdf': {} };

describe('of several media types', () => {
  test.each([
    ['', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['text/csv', 'text/csv; charset=utf-8'],
    ['TEXT/CSV', 'text/csv; charset=utf-8'],
    ['text/csv; charset=utf-8', 'text/csv; charset=utf-8'],
    ['application/pdf', 'application/pdf'],
    ['text/*', 'text/csv; charset=utf-8'],
    ['application/json;q=0.5, text/csv;q=0.6', 'text/csv; charset=utf-8'],
    ['text/csv;q=0.1, */*;q=0.2', 'application/json; charset=utf-8'],
    ['*/*, application/json;q=0', 'text/csv; charset=utf-8'],
    ['application/*;q=0.3, application/pdf', 'application/pdf'],
    ['text/html, application/xml, */*;q=0.8', 'application/json; charset=utf-8'],
    ['text/csv;q=, application/pdf;q=nothing, application/json;q=0.1', 'application/json; charset=utf-8'],
    ['text/csv;q=2, application/pdf;q=-1, application/json;q=0.001', 'application/json; charset=utf-8'],
    ['text/x;a="b, application/pdf, c", text/csv', 'text/csv; charset=utf-8'],
  ])('Accept: %s gets %s', async (accept, contentType) => {
    await using api = await reporting(three, obliging);
    const reply = await api.http.get('/report').set('Accept', accept).expect(200);
    expect(reply.headers['content-type']).toBe(contentType);
  });

  test.each([
    ['text/csv, application/json', 'application/json'],
    ['application/pdf, text/csv', 'text/csv'],
    ['text/*, application/*', 'application/json'],
  ])('the first in the contract is taken where %s likes them the same', async (accept, mediaType) => {
    await using api = await reporting(three, obliging);
    const reply = await api.http.get('/report').set('Accept', accept).expect(200);
    expect(reply.headers['content-type']).toContain(mediaType);
  });

  test.each([
    'text/html',
    'application/json;q=0',
    'text/csv; charset=latin1',
    'text/csv; header=present',
    '"',
    'a',
  ])('Accept: %s is a 406 that lists them all, and no handler runs', async (accept) => {
    await using api = await reporting(three, obliging);
    const { body } = await api.http.get('/report').set('Accept', accept).expect(406);
    expect(body.detail).toBe('This operation answers with application/json, text/csv, application/pdf.');
    expect(api.handled).toEqual([]);
  });

  test('each is checked and written by its own kind', async () => {
    await using api = await reporting(three, obliging);
    const [asJson, csv, pdf] = [
      await api.http.get('/report').set('Accept', 'application/json'),
      await api.http.get('/report').set('Accept', 'text/csv'),
      await api.http.get('/report').set('Accept', 'application/pdf'),
    ];
    expect([asJson.body, csv.text, String(pdf.body)]).toEqual([{ id: 1 }, 'id\r\n1\r\n', '%PDF']);
    expect([asJson, csv, pdf].map(({ headers }) => headers['content-length'])).toEqual(['8', '7', '4']);
  });

  test('caches are told that they vary', async () => {
    await using several = await reporting(three, obliging);
    await using one = await reporting({ 'application/json': thing }, obliging);
    expect((await several.http.get('/report')).headers['vary']).toBe('Accept');
    expect((await one.http.get('/report')).headers).not.toHaveProperty('vary');
  });

  test.each([
    ['Origin', 'Origin, Accept'],
    ['accept', 'accept'],
    ['*', '*'],
    ['Accept-Language', 'Accept-Language, Accept'],
  ])('a Vary of the handler (%s) is kept', async (given, sent) => {
    const headers = { vary: { schema: { type: 'string' } } };
    await using api = await serve(specOf({ 200: { content: three, headers } }), {
      handlers: { getReport: (_, reply) => reply(200, { id: 1 }, { Vary: given }) },
    });
    expect((await api.http.get('/report')).headers['vary']).toBe(sent);
  });

  test('an Accept as long as Node allows costs little', async () => {
    await using api = await reporting(three, obliging);
    const accept = Array.from({ length: 1200 }, (_, index) => `a/b${index};q=0.5`).join(',');
    const started = performance.now();
    await api.http.get('/report').set('Accept', `${accept},"\\"\\""`).expect(406);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('the handler names the media type', () => {
  test('or leaves it to what the client likes best', async () => {
    await using api = await reporting({ 'text/csv': text, 'text/plain': text }, (_, reply) =>
      reply(200, 'a'),
    );
    const plain = await api.http.get('/report').set('Accept', 'text/plain');
    expect(plain.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('with parameters of its own', async () => {
    const named = { 'Content-Type': 'text/csv; header=present' };
    await using api = await reporting(three, (_, reply) => reply(200, 'a', named));
    const reply = await api.http.get('/report').expect(200);
    expect(reply.headers['content-type']).toBe('text/csv; header=present; charset=utf-8');
  });

  test('with the parameters of the contract', async () => {
    const versions = { 'application/json; version=1': thing, 'application/json;version=2': { schema: {} } };
    const named = { 'content-type': 'application/json; version=2' };
    await using api = await reporting(versions, (_, reply) => reply(200, 'anything', named));
    await api.http.get('/report').set('Accept', 'application/json;version=2').expect(200);
    await api.http.get('/report').set('Accept', 'application/json;version=3').expect(406);
  });

  const wrong: [what: string, contentType: string, body: unknown, detail: string][] = [
    ['that is not documented', 'text/html', 'a', 'has the undocumented media type text/html'],
    ['that is a range', 'text/*', 'a', 'has the undocumented media type text/*'],
    ['that is none', 'csv', 'a', 'has the undocumented media type csv'],
    [
      'of another kind than the body',
      'text/csv',
      { id: 1 },
      'has a body that cannot be sent as text/csv; charset=utf-8',
    ],
    ['of bytes for a string', 'application/pdf', 'a', 'has a body that cannot be sent as application/pdf'],
  ];

  test.each(['fail', 'report'] as const)('one %s', async (breaches) => {
    for (const [what, contentType, body, detail] of wrong) {
      const named = { 'Content-Type': contentType };
      await using api = await reporting(three, (_, reply) => reply(200, body, named), { breaches });
      const { status } = await api.http.get('/report');
      expect([what, status, api.breaches[0]?.detail]).toEqual([what, 500, detail]);
    }
  });

  test('in a charset that is not ours is a breach', async () => {
    const named = { 'Content-Type': 'text/csv; charset=latin1' };
    await using api = await reporting(three, (_, reply) => reply(200, 'a', named));
    await api.http.get('/report').expect(500);
    expect(api.breaches[0]?.detail).toBe('has a charset other than UTF-8: text/csv; charset=latin1');
  });
});

describe('a range of media types', () => {
  const image: TestHandler = (_, reply) => reply(200, Buffer.from('GIF89a'), { 'Content-Type': 'image/gif' });

  test.each(['image/gif', 'image/*', '*/*', 'image/avif,image/webp,*/*;q=0.1'])(
    'is met by Accept: %s',
    async (accept) => {
      await using api = await reporting({ 'image/*': {} }, image);
      const reply = await api.http.get('/report').set('Accept', accept).expect(200);
      expect([reply.headers['content-type'], String(reply.body)]).toEqual(['image/gif', 'GIF89a']);
    },
  );

  test('is not met by another one', async () => {
    await using api = await reporting({ 'image/*': {} }, image);
    await api.http.get('/report').set('Accept', 'text/*').expect(406);
  });

  test('leaves the media type to the handler, which must name it', async () => {
    await using api = await reporting({ 'image/*': {} }, (_, reply) => reply(200, Buffer.from('GIF89a')));
    await api.http.get('/report').expect(500);
    expect(api.breaches[0]?.detail).toBe(
      'does not name its media type, of which the contract says a range only',
    );
  });

  test('gives way to what is documented by its name', async () => {
    const content = { '*/*': {}, 'text/*': text, 'text/plain': { schema: { type: 'string', maxLength: 1 } } };
    const named = { 'Content-Type': 'text/plain' };
    await using api = await reporting(content, (_, reply) => reply(200, 'ab', named));
    await api.http.get('/report').expect(500);
    expect(api.breaches[0]?.detail).toBe('/ must NOT have more than 1 characters');
  });

  test('of everything is JSON where its schema is that of a value', async () => {
    await using api = await reporting({ '*/*': thing }, (_, reply) => reply(200, { id: 1, secret: 2 }));
    const reply = await api.http.get('/report').set('Accept', 'application/json').expect(200);
    expect([reply.headers['content-type'], reply.body]).toEqual([
      'application/json; charset=utf-8',
      { id: 1 },
    ]);
  });

  test('of everything takes text and bytes where its schema is a string', async () => {
    const files: Record<string, unknown> = {
      'text/plain': 'a',
      'image/svg+xml': '<svg/>',
      'image/png': Buffer.from('a'),
    };
    for (const [contentType, body] of Object.entries(files)) {
      const named = { 'Content-Type': contentType };
      await using api = await reporting({ '*/*': text }, (_, reply) => reply(200, body, named));
      const reply = await api.http.get('/report').expect(200);
      expect(reply.headers['content-type']).toContain(contentType);
    }
  });
});

describe('text and bytes', () => {
  test('are sent as they are, their bytes counted', async () => {
    await using api = await reporting({ 'text/plain': text }, (_, reply) => reply(200, 'café'));
    const reply = await api.http.get('/report').expect(200);
    expect([reply.text, reply.headers['content-length']]).toEqual(['café', '5']);
  });

  test('have the head of GET for HEAD', async () => {
    await using api = await reporting({ 'application/pdf': {} }, (_, reply) =>
      reply(200, Buffer.from('%PDF')),
    );
    const reply = await api.http.head('/report').expect(200);
    expect(reply.headers).toMatchObject({ 'content-length': '4', 'content-type': 'application/pdf' });
  });

  test('are counted by us, whatever length the handler says', async () => {
    await using api = await reporting({ 'text/plain': text }, (_, reply) =>
      reply(200, 'ab', { 'Content-Length': 1 }),
    );
    const reply = await api.http.get('/report').expect(200);
    expect([reply.text, reply.headers['content-length']]).toEqual(['ab', '2']);
  });

  test('fit their schema, or break the contract', async () => {
    const short = { schema: { type: 'string', pattern: '^a' } };
    await using api = await reporting({ 'text/plain': short }, (_, reply) => reply(200, 'b'));
    await api.http.get('/report').expect(500);
    expect(api.breaches[0]?.detail).toBe('/ must match pattern "^a"');
  });

  test('answer a failure as well, if the contract says so', async () => {
    const responses = { 200: json({}), 404: { content: { 'text/plain': text } }, 500: anyProblem };
    await using api = await serve(specOf(responses), {
      handlers: { getReport: (_, reply) => reply(404, 'Nothing here') },
    });
    const reply = await api.http.get('/report').set('Accept', 'application/json').expect(404);
    expect([reply.text, reply.headers['content-type']]).toEqual([
      'Nothing here',
      'text/plain; charset=utf-8',
    ]);
  });

  test('a JSON body is none of them', async () => {
    await using api = await reporting({ 'application/json': thing }, (_, reply) =>
      reply(200, Readable.from(['{}'])),
    );
    await api.http.get('/report').expect(500);
  });
});

describe('a contract is refused', () => {
  test.each<[content: Record<string, MediaTypeObject>, fault: string]>([
    [
      { 'application/xml': thing },
      'as application/xml with a schema that is no string, which is not supported',
    ],
    [{ 'text/csv; charset=latin1': text }, 'as text/csv; charset=latin1, but replies leave in UTF-8'],
    [{ json: thing }, 'as json, which is no media type'],
    [{ 'text/csv': text, 'application/json': {} }, 'as application/json without a schema'],
    [{ 'application/jsonl': {} }, 'as application/jsonl without a schema'],
  ])('%j', async (content, fault) => {
    expect(await faultsOf(specOf({ 200: { content } }))).toEqual([`getReport answers 200 ${fault}`]);
  });
});
