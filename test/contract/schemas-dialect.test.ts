/** What OpenAPI 3.0 says otherwise than 3.1, and what both leave open: nullable, bounds, patterns, formats. */
import { describe, expect, test } from '@jest/globals';
import { faultsOf, json, operation, serve } from './support.ts';
import type { JsonSchema } from '#contract/document.ts';
import type { Spec, TinyOptions } from './support.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const schemas: Record<string, JsonSchema> = {
  Owner: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string', nullable: true } }, required: ['id'] },
  Colour: { type: 'string', enum: ['red', 'green'] },
  MaybeColour: { type: 'string', enum: ['red', 'green'], nullable: true },
}; // prettier-ignore

function specOf(schema: JsonSchema, openapi = '3.0.3'): Spec {
  return {
    openapi,
    components: { schemas },
    paths: {
      '/x': {
        post: operation('addX', { requestBody: { required: true, ...json(schema) } }),
        get: operation('getX', { responses: { 200: json(schema) } }),
      },
    },
  };
}

async function sending(spec: Spec, body: unknown, options: TinyOptions = {}) {
  await using api = await serve(spec, options);
  const { status, body: answer } = await api.http.post('/x').type('json').send(JSON.stringify(body));
  return { status, body: answer.body, type: answer.errors?.[0]?.type };
}

const taken = (what: string, schema: JsonSchema, body: unknown) => [what, schema, body, undefined] as const;
const refused = (what: string, schema: JsonSchema, body: unknown, type: string) =>
  [what, schema, body, type] as const;

describe('OpenAPI 3.0', () => {
  const exclusive = {
    type: 'integer',
    minimum: 1,
    exclusiveMinimum: true,
    maximum: 9,
    exclusiveMaximum: true,
  };
  const inclusive = { ...exclusive, exclusiveMinimum: false, exclusiveMaximum: false };
  const rows = [
    taken('nullable', { type: 'string', nullable: true }, null),
    refused('nullable, of another type', { type: 'string', nullable: true }, 1, 'type'),
    refused('nullable: false', { type: 'string', nullable: false }, null, 'type'),
    taken('nullable beside $ref', { ...ref('Owner'), nullable: true }, null),
    refused('nullable beside $ref, of what it refers to', { ...ref('Owner'), nullable: true }, { id: 'x' }, 'type'),
    taken('nullable beside allOf', { nullable: true, allOf: [ref('Owner')] }, null),
    refused('nullable beside allOf, what it says', { nullable: true, allOf: [ref('Owner')] }, {}, 'required'),
    taken('nullable beside oneOf', { nullable: true, oneOf: [ref('Owner'), ref('Colour')] }, null),
    taken('nullable beside enum', ref('MaybeColour'), null),
    refused('nullable beside enum, of others', ref('MaybeColour'), 'blue', 'enum'),
    taken('nullable in a property behind $ref', ref('Owner'), { id: 1, name: null }),
    refused('no nullable behind $ref', ref('Owner'), null, 'type'),
    taken('nullable items', { type: 'array', items: { ...ref('Colour'), nullable: true } }, ['red', null]),
    refused('exclusiveMinimum: true', exclusive, 1, 'exclusiveMinimum'),
    taken('exclusiveMinimum: true, above', exclusive, 2),
    refused('exclusiveMaximum: true', exclusive, 9, 'exclusiveMaximum'),
    taken('exclusiveMaximum: true, below', exclusive, 8),
    taken('exclusiveMinimum: false', inclusive, 1),
    refused('exclusiveMinimum: false, below', inclusive, 0, 'minimum'),
    refused('exclusiveMaximum: false, above', inclusive, 10, 'maximum'),
    taken('exclusiveMinimum without minimum', { type: 'number', exclusiveMinimum: true }, -1e9),
    taken('what stands beside a $ref, which counts for nothing', { ...ref('Colour'), maxLength: 1, pattern: '^$' }, 'red'),
  ]; // prettier-ignore

  test.each(rows)('%s', async (_what, schema, body, type) => {
    expect(await sending(specOf(schema), body)).toMatchObject({
      status: type === undefined ? 200 : 422,
      type,
    });
  });

  const leaving: [what: string, schema: JsonSchema, value: unknown, left: unknown][] = [
    ['null beside $ref', { ...ref('Owner'), nullable: true }, null, null],
    ['what the $ref declares', { ...ref('Owner'), nullable: true }, { id: 1, hash: 'x' }, { id: 1 }],
    ['what allOf declares', { nullable: true, allOf: [ref('Owner')] }, { id: 1, hash: 'x' }, { id: 1 }],
    ['what the items declare', { type: 'array', items: { ...ref('Owner'), nullable: true } }, [null, { id: 1, hash: 'x' }], [null, { id: 1 }]],
  ]; // prettier-ignore

  test.each(leaving)('lets out %s', async (_what, schema, value, left) => {
    await using api = await serve(specOf(schema), { handlers: { getX: (_, reply) => reply(200, value) } });
    const { body } = await api.http.get('/x').expect(200);
    expect(body).toEqual(left);
  });

  test('a boolean bound is a fault in 3.1, where it means nothing', async () => {
    expect(await faultsOf(specOf(exclusive, '3.1.0'))).toContain(
      'addX has a schema that cannot be compiled: exclusiveMaximum value must be ["number"]',
    );
  });
});

describe('a pattern', () => {
  const rows = [
    taken('with escapes that Unicode forbids', { type: 'string', pattern: '^[\\w\\-\\_]+$' }, 'a-b_c'),
    refused('with escapes that Unicode forbids', { type: 'string', pattern: '^[\\w\\-\\_]+$' }, 'a b', 'pattern'),
    taken('with a class in a range', { type: 'string', pattern: '^[\\w-.]+$' }, 'a-.b'),
    refused('with braces of its own', { type: 'string', pattern: '^(?:{[0-9a-f]{4}}|x)$' }, 'y', 'pattern'),
    taken('with braces of its own', { type: 'string', pattern: '^(?:{[0-9a-f]{4}}|x)$' }, '{00ff}'),
    taken('that is Unicode', { type: 'string', pattern: '^\\p{L}.$' }, 'ä💡'),
    refused('that is Unicode', { type: 'string', pattern: '^\\p{L}.$' }, '1💡', 'pattern'),
    refused('of names', { type: 'object', patternProperties: { '^\\_': { type: 'integer' } } }, { _a: 'x' }, 'type'),
    refused('of names alone', { type: 'object', patternProperties: { '^\\_': {} }, additionalProperties: false }, { a: 1 }, 'additionalProperties'),
    refused('of propertyNames', { type: 'object', propertyNames: { pattern: '^[\\-a]+$' } }, { b: 1 }, 'pattern'),
  ]; // prettier-ignore

  test.each(rows)('%s', async (_what, schema, body, type) => {
    const spec = specOf(schema, '3.1.0');
    expect(await sending(spec, body)).toMatchObject({ status: type === undefined ? 200 : 422 });
  });
});

describe('a format that nothing checks', () => {
  const annotated = specOf({ type: 'object', properties: { c: { type: 'string', format: 'colour', maxLength: 5 }, n: { type: 'integer', format: 'unix-time' } } }, '3.1.0'); // prettier-ignore

  test('is taken for an annotation where the application says so, and the rest is checked', async () => {
    const options = { annotationFormats: ['colour', 'unix-time'] };
    expect(await sending(annotated, { c: 'any', n: 1 }, options)).toMatchObject({ status: 200 });
    expect(await sending(annotated, { c: 'too long' }, options)).toMatchObject({
      status: 422,
      type: 'maxLength',
    });
    expect(await sending(annotated, { n: 'x' }, options)).toMatchObject({ status: 422, type: 'type' });
  });

  test('is a fault where it does not', async () => {
    expect((await faultsOf(annotated, { annotationFormats: ['colour'] }))[0]).toMatch(
      /unknown format "unix-time"/,
    );
  });

  test('a format that the engine knows is still checked when it is named as well', async () => {
    const spec = specOf({ type: 'string', format: 'uuid' }, '3.1.0');
    expect(await sending(spec, 'x', { annotationFormats: ['colour'] })).toMatchObject({
      status: 422,
      type: 'format',
    });
  });
});
