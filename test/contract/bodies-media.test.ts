import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { faultsOf, operation, serve } from './support.ts';
import { ask } from './wire.ts';
import type { MediaTypeObject } from '#contract/document.ts';
import type { OperationObject } from '#contract/document.ts';
import type { Spec } from './support.ts';

const binary = { type: 'string', format: 'binary' };
const several: Record<string, MediaTypeObject> = {
  'application/json': {
    schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
  },
  'application/merge-patch+json': { schema: { type: 'object', maxProperties: 1 } },
  'text/plain': { schema: { type: 'string', maxLength: 5 } },
  'text/*': {},
  'image/png': { schema: { ...binary, minLength: 2, maxLength: 4 } },
  'image/*': {},
  'application/pdf': { schema: { type: 'string', contentMediaType: 'application/pdf' } },
};

function taking(content: Record<string, MediaTypeObject>, rest: OperationObject = {}): Spec {
  return { paths: { '/': { post: { ...operation('add', { requestBody: { content } }), ...rest } } } };
}

async function post(body: string | Buffer, type: string, { content = several, headers = {} } = {}) {
  await using api = await serve(taking(content), {
    handlers: {
      add: ({ body: value, contentType }, reply) =>
        reply(
          200,
          Buffer.isBuffer(value) ? { bytes: value.toString('latin1'), contentType } : { value, contentType },
        ),
    },
  });
  const answer = await ask(api.port, {
    method: 'POST',
    path: '/',
    headers: { 'Content-Type': type, ...headers },
    body,
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) };
}

describe('every media type of an operation is read in its own way, and the handler learns which it was', () => {
  const taken: [type: string, body: string | Buffer, seen: object][] = [
    ['application/json', '{"title":"x"}', { value: { title: 'x' }, contentType: 'application/json' }],
    ['application/merge-patch+json', '{"a":null}', { value: { a: null }, contentType: 'application/merge-patch+json' }],
    ['Text/Plain; charset=UTF-8', 'caf\u00e9', { value: 'caf\u00e9', contentType: 'text/plain' }],
    ['text/csv', 'a,b\r\n1,2', { value: 'a,b\r\n1,2', contentType: 'text/csv' }],
    ['image/png', Buffer.from([0, 255]), { bytes: '\u0000\u00ff', contentType: 'image/png' }],
    ['image/webp', Buffer.alloc(9), { bytes: '\u0000'.repeat(9), contentType: 'image/webp' }],
    ['application/pdf; charset=binary', '%PDF', { bytes: '%PDF', contentType: 'application/pdf' }],
  ]; // prettier-ignore

  test.each(taken)('%s', async (type, body, seen) => {
    expect(await post(body, type)).toMatchObject({ status: 200, body: seen });
  });

  test('compressed bytes are unpacked', async () => {
    const { body } = await post(gzipSync('abcd'), 'image/png', { headers: { 'Content-Encoding': 'gzip' } });
    expect(body.bytes).toBe('abcd');
  });

  const refused: [type: string, body: string | Buffer, status: number, type: string | undefined][] = [
    ['application/json', '{}', 422, 'required'],
    ['application/merge-patch+json', '{"a":1,"b":2}', 422, 'maxProperties'],
    ['text/plain', '123456', 422, 'maxLength'],
    ['text/plain', 'a\0', 422, 'text'],
    ['text/plain', Buffer.from([0xff]), 400, undefined],
    ['text/plain; charset=latin1', 'x', 415, undefined],
    ['text/csv', Buffer.from([0xc3, 0x28]), 400, undefined],
    ['image/png', 'x', 422, 'minLength'],
    ['image/png', '12345', 422, 'maxLength'],
    ['audio/ogg', 'x', 415, undefined],
    ['image/*', 'x', 415, undefined],
    ['*/*', 'x', 415, undefined],
  ];

  test.each(refused)('%s with %j is a %s', async (type, sent, status, keyword) => {
    const { body, ...answer } = await post(sent, type);
    expect({ status: answer.status, type: body.errors?.[0].type }).toEqual({ status, type: keyword });
  });

  test('a 415 names the ranges, too', async () => {
    const { headers } = await post('x', 'audio/ogg');
    expect(headers['accept-post']).toBe(Object.keys(several).join(', '));
    expect((await post('x', 'text/plain', { content: { 'image/*': {} } })).body.detail).toBe(
      'Send the body as image/*.',
    );
  });

  test('a range of everything takes what no other does', async () => {
    const content = { '*/*': {}, 'application/json': { schema: {} } };
    expect((await post('{}', 'application/json', { content })).body).toMatchObject({ value: {} });
    expect((await post('{}', 'application/zip', { content })).body).toEqual({
      bytes: '{}',
      contentType: 'application/zip',
    });
  });

  test('without a body there is no media type', async () => {
    expect((await post('', 'text/plain')).body).toEqual({});
  });

  test('bytes are held to x-max-body', async () => {
    await using api = await serve(taking({ 'image/*': {} }, { 'x-max-body': 10 }));
    const headers = { 'Content-Type': 'image/gif', 'Transfer-Encoding': 'chunked' };
    const answer = await ask(api.port, { method: 'POST', path: '/', headers, body: Buffer.alloc(11) });
    expect(answer.status).toBe(413);
  });
});

describe('refused at boot', () => {
  const object = { type: 'object', properties: { a: { type: 'string' } } };
  const file = { type: 'object', properties: { a: binary, b: { type: 'array', items: { type: 'string' } } } };
  const multipart = (encoding: object): Spec => taking({ 'multipart/form-data': { schema: file, encoding } });
  const form = (encoding: object): Spec =>
    taking({
      'application/x-www-form-urlencoded': {
        schema: { type: 'object', properties: { a: { type: 'string' }, o: object } },
        encoding,
      },
    });
  const notBinary =
    'with a schema that is not binary: its body would have to be taken apart, which is not supported';
  const faulty: [what: string, spec: Spec, fault: string][] = [
    ['XML of a schema', taking({ 'application/xml': { schema: object } }), `add takes application/xml ${notBinary}`],
    ['XML that is text', taking({ 'application/soap+xml': { schema: { type: 'string' } } }), `add takes application/soap+xml ${notBinary}`],
    ['base64 as bytes', taking({ 'image/png': { schema: { type: 'string', contentEncoding: 'base64' } } }), `add takes image/png ${notBinary}`],
    ['a number as text', taking({ 'text/plain': { schema: { type: 'integer' } } }), 'add takes text/plain with a schema of something else than a string'],
    ['other multipart', taking({ 'multipart/mixed': {} }), 'add takes multipart/mixed which is not supported yet'],
    ['parameters', taking({ 'text/plain; charset=utf-8': {} }), 'add takes text/plain; charset=utf-8 which is no media type without parameters'],
    ['half a range', taking({ 'application/*+json': { schema: {} } }), 'add takes application/*+json which is no media type without parameters'],
    ['an encoding of bytes', taking({ 'image/png': { encoding: {} } }), 'add takes image/png with an encoding, which only forms have'],
    ['multipart without schema', taking({ 'multipart/form-data': {} }), 'add takes multipart/form-data without a schema'],
    ['headers of a part', multipart({ a: { headers: {} } }), 'add takes multipart/form-data with an encoding of a that has headers, which is not supported'],
    ['a style of a part', multipart({ b: { style: 'pipeDelimited' } }), 'add takes multipart/form-data with an encoding of b in a style that is not supported'],
    ['an unknown part', multipart({ c: {} }), 'add takes multipart/form-data with an encoding of c which its schema does not have'],
    ['a name with brackets', taking({ 'multipart/form-data': { schema: { properties: { 'a[]': binary } } } }), 'add takes multipart/form-data with the property a[], whose name has a bracket, which is not supported'],
    ['XML in a form', form({ a: { contentType: 'text/xml' } }), 'add takes application/x-www-form-urlencoded with an encoding of a as text/xml, which is not supported'],
    ['JSON with a style', form({ o: { contentType: 'application/json', style: 'form' } }), 'add takes application/x-www-form-urlencoded with an encoding of o that has both a contentType and a style'],
    ['a pace that is none', taking({ 'text/*': {} }, { 'x-body-pace': { idle_ms: 0 } }), 'add has an x-body-pace that is not { idle_ms, min_bytes_per_second } in whole numbers: {"idle_ms":0}'],
    ['a pace of unknown words', taking({ 'text/*': {} }, { 'x-body-pace': { idle: 1 } }), 'add has an x-body-pace that is not { idle_ms, min_bytes_per_second } in whole numbers: {"idle":1}'],
  ]; // prettier-ignore

  test.each(faulty)('%s', async (_what, spec, fault) => {
    expect(await faultsOf(spec)).toContain(fault);
  });
});
