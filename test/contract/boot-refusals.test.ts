/** The rest of what the engine does not serve, each with its reason; documents as a whole are in boot.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { anyProblem, faultsOf, json, operation } from './support.ts';
import type { JsonSchema, MediaTypeObject, ParameterObject, ServerObject } from '#contract/document.ts';
import type { Spec } from './support.ts';

const text = { type: 'string' };
const list = { type: 'array', items: text };
const point = { type: 'object', properties: { x: { type: 'integer' } }, additionalProperties: false };

describe('parameters', () => {
  type Given = Partial<ParameterObject>;

  const styles: [given: Given, fault: string][] = [
    [{ in: 'path', style: 'label', schema: text }, 'with style label (explode false), which is not supported'],
    [{ in: 'path', style: 'label', explode: true, schema: list }, 'with style label (explode true), which is not supported'],
    [{ in: 'path', style: 'matrix', schema: text }, 'with style matrix (explode false), which is not supported'],
    [{ in: 'path', style: 'matrix', schema: point }, 'with style matrix (explode false), which is not supported'],
    [{ in: 'path', style: 'form', schema: list }, 'with style form (explode true), which is not supported'],
    [{ in: 'header', style: 'form', schema: list }, 'with style form (explode true), which is not supported'],
    [{ in: 'query', style: 'simple', schema: list }, 'with style simple (explode false), which is not supported'],
    [{ in: 'query', style: 'matrix', schema: list }, 'with style matrix (explode false), which is not supported'],
    [{ in: 'query', style: 'deepObject', schema: list }, 'with style deepObject (explode false), which is not supported'],
    [{ in: 'query', style: 'deepObject', schema: text }, 'with style deepObject (explode false), which is not supported'],
    [{ in: 'query', style: 'pipeDelimited', schema: text }, 'with style pipeDelimited (explode false), which is not supported'],
    [{ in: 'query', style: 'spaceDelimited', explode: true, schema: point }, 'with style spaceDelimited (explode true), which is not supported'],
    [{ in: 'cookie', style: 'simple', schema: text }, 'with style simple (explode false), which is not supported'],
    [{ in: 'cookie', schema: list }, 'with style form (explode true), which is not supported: say explode: false'],
    [{ in: 'cookie', schema: point }, 'with style form (explode true), which is not supported: say explode: false'],
  ]; // prettier-ignore

  test.each(styles)('%j', async (given, fault) => {
    expect(await faultsOf(withParameter(given))).toEqual([
      `getThings has the parameter v in ${given.in} ${fault}`,
    ]);
  });

  const schemas: [what: string, given: Given, fault: string][] = [
    ['an object in an object', { style: 'deepObject', schema: { type: 'object', properties: { at: point } } }, 'with objects inside (at), which is not supported'],
    ['the same behind allOf, by commas', { explode: false, schema: { allOf: [{ type: 'object', properties: { at: { allOf: [point] } } }] } }, 'with objects inside (at), which is not supported'],
    ['lists of lists in an object', { style: 'deepObject', schema: { type: 'object', properties: { a: { type: 'array', items: list } } } }, 'with items that are not scalars, which is not supported'],
    ['objects among the properties without a name', { style: 'deepObject', schema: { type: 'object', additionalProperties: { type: 'array', items: point } } }, 'with items that are not scalars, which is not supported'],
    ['a list of objects', { schema: { type: 'array', items: point } }, 'with items that are not scalars, which is not supported'],
    ['a list without items', { schema: { type: 'array' } }, 'that says nothing of its items'],
    ['an object beside a scalar', { schema: { anyOf: [text, point] } }, 'that mixes objects with other types'],
    ['an object beside a list', { schema: { anyOf: [list, point] } }, 'that mixes objects with other types'],
    ['a property called __proto__', { style: 'deepObject', schema: JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') }, 'with a property whose name JavaScript keeps for itself'],
    ['content that is not JSON', { content: { 'text/csv': { schema: text } } }, 'as text/csv, which is not supported: a parameter may be JSON'],
    ['content in two media types', { content: { 'application/json': { schema: text }, 'text/csv': {} } }, 'as application/json, text/csv, which is not supported: a parameter may be JSON'],
    ['content of no media type', { content: {} }, 'as nothing, which is not supported: a parameter may be JSON'],
    ['JSON without a schema', { content: { 'application/json': {} } }, 'as application/json without a schema'],
  ]; // prettier-ignore

  test.each(schemas)('%s', async (_what, given, fault) => {
    expect(await faultsOf(withParameter({ in: 'query', ...given }))).toContain(
      `getThings has the parameter v in query ${fault}`,
    );
  });

  const shared: [what: string, parameters: ParameterObject[], fault: string][] = [
    ['a name and a property', [{ name: 'x', in: 'query', schema: text }, { name: 'at', in: 'query', schema: point }], 'take x'],
    ['two properties', [{ name: 'from', in: 'query', schema: point }, { name: 'to', in: 'query', schema: point }], 'take x'],
    ['two objects that take any name', ['a', 'b'].map((name) => ({ name, in: 'query', schema: { type: 'object', additionalProperties: text } })), 'take b'],
  ]; // prettier-ignore

  test.each(shared)('%s in one query', async (_what, parameters, fault) => {
    const spec: Spec = { paths: { '/things': { get: operation('getThings', { parameters }) } } };
    expect(await faultsOf(spec)).toEqual([`getThings has two parameters in query that ${fault}`]);
  });

  test.each([list, point])('a path where other text stands beside %j', async (schema) => {
    const parameters = [{ name: 'v', in: 'path', required: true, schema }] as const;
    const spec: Spec = { paths: { '/things/{v}.json': { get: operation('getThings', { parameters }) } } };
    expect(await faultsOf(spec)).toEqual([
      'getThings has the list or object v in a path beside other text, which is not supported',
    ]);
  });
});

function withParameter(given: Partial<ParameterObject>): Spec {
  const parameter = { name: 'v', in: 'query', required: given.in === 'path', ...given } as const;
  const path = given.in === 'path' ? '/things/{v}' : '/things';
  return { paths: { [path]: { get: operation('getThings', { parameters: [parameter] }) } } };
}

describe('bodies', () => {
  const form = 'application/x-www-form-urlencoded';
  const multipart = 'multipart/form-data';
  const filed = { type: 'object', properties: { a: text } };
  const bodies: [mediaType: string, media: MediaTypeObject, fault: string][] = [
    ['json', { schema: text }, 'which is no media type without parameters'],
    ['application/json; charset=utf-8', { schema: text }, 'which is no media type without parameters'],
    ['*/json', { schema: true }, 'which is no media type without parameters'],
    ['multipart/mixed', { schema: true }, 'which is not supported yet'],
    ['text/csv', { schema: point }, 'with a schema of something else than a string'],
    ['text/csv', { schema: text, encoding: {} }, 'with an encoding, which only forms have'],
    ['image/png', { encoding: {} }, 'with an encoding, which only forms have'],
    ['image/png', { schema: { type: 'string', contentEncoding: 'base64' } }, 'with a schema that is not binary: its body would have to be taken apart, which is not supported'],
    [form, {}, 'without a schema'],
    [form, { schema: { ...filed, anyOf: [true] } }, 'with a schema that has anyOf, which is not supported yet'],
    [form, { schema: { ...filed, if: true } }, 'with a schema that has if, which is not supported yet'],
    [form, { schema: { ...filed, patternProperties: {} } }, 'with a schema that has patternProperties, which is not supported yet'],
    [form, { schema: filed, encoding: { b: {} } }, 'with an encoding of b which its schema does not have'],
    [form, { schema: filed, encoding: { a: { headers: {} } } }, 'with an encoding of a that has headers, which is not supported'],
    [form, { schema: filed, encoding: { a: { contentType: 'text/plain', style: 'form' } } }, 'with an encoding of a that has both a contentType and a style'],
    [form, { schema: filed, encoding: { a: { contentType: 'text/csv' } } }, 'with an encoding of a as text/csv, which is not supported'],
    [form, { schema: { type: 'object', properties: { at: { type: 'object', properties: { to: point } } } } }, 'and has the parameter at in query with objects inside (to), which is not supported'],
    [form, { schema: { type: 'object', properties: { a: { type: 'array' } } } }, 'and has the parameter a in query that says nothing of its items'],
    [multipart, {}, 'without a schema'],
    [multipart, { schema: { type: 'object' } }, 'with a schema that has no properties, which is not supported'],
    [multipart, { schema: { ...filed, oneOf: [true] } }, 'with a schema that has oneOf, which is not supported yet'],
    [multipart, { schema: { type: 'object', properties: { 'a[0]': text } } }, 'with the property a[0], whose name has a bracket, which is not supported'],
    [multipart, { schema: filed, encoding: { a: { style: 'deepObject' } } }, 'with an encoding of a in a style that is not supported'],
    [multipart, { schema: filed, encoding: { a: { explode: false } } }, 'with an encoding of a in a style that is not supported'],
    [multipart, { schema: { type: 'object', properties: { at: point } }, encoding: { at: { contentType: 'text/csv' } } }, 'with an encoding of at as text/csv, which is not supported'],
  ]; // prettier-ignore

  test.each(bodies)('%s %j', async (mediaType, media, fault) => {
    const spec: Spec = {
      paths: {
        '/things': { post: operation('addThing', { requestBody: { content: { [mediaType]: media } } }) },
      },
    };
    expect(await faultsOf(spec)).toContain(`addThing takes ${mediaType} ${fault}`);
  });
});

describe('schemas', () => {
  const named = (keyword: string) =>
    `has a schema with ${keyword}, which is not supported: refer to a schema by its place (#/components/schemas/…)`;
  const schemas: [schema: JsonSchema, fault: string][] = [
    [{ $id: 'https://a.example/thing' }, named('$id')],
    [{ $anchor: 'thing' }, named('$anchor')],
    [{ $dynamicAnchor: 'thing' }, named('$dynamicAnchor')],
    [{ items: { $dynamicRef: '#thing' } }, named('$dynamicRef')],
    [{ $recursiveAnchor: true }, named('$recursiveAnchor')],
    [{ properties: { child: { $recursiveRef: '#' } } }, named('$recursiveRef')],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, 'has a schema of another dialect (http://json-schema.org/draft-07/schema#), which is not supported'],
    [{ $ref: 'other.yaml#/Thing' }, 'has a $ref that leads nowhere: other.yaml#/Thing'],
    [{ $ref: '#thing' }, 'has a $ref that leads nowhere: #thing'],
    [{ $ref: '#/info/title' }, 'has a $ref that leads nowhere: #/info/title'],
    [{ pattern: '(' }, 'has a schema that cannot be compiled: Invalid regular expression: /(/: Unterminated group'],
    [{ properties: { a: { type: 'integer', default: 'x' } } }, 'has a default that its own schema does not allow: "x"'],
    [{ items: [text] }, 'has a schema that cannot be compiled: strict mode: unknown keyword: "0"'],
    [{ type: 'object', minimum: '1' }, 'has a schema that cannot be compiled: minimum value must be ["number"]'],
    [{ exclusiveMinimum: true }, 'has a schema that cannot be compiled: exclusiveMinimum value must be ["number"]'],
    [{ type: 'any' }, 'has a schema that cannot be compiled: type must be JSONType or JSONType[]: any'],
  ]; // prettier-ignore

  test.each(schemas)('%j', async (schema, fault) => {
    const spec: Spec = {
      paths: { '/things': { post: operation('addThing', { requestBody: json(schema) }) } },
    };
    expect(await faultsOf(spec)).toContain(`addThing ${fault}`);
  });

  const circles: [what: string, schemas: Record<string, JsonSchema>][] = [
    ['itself', { A: { $ref: '#/components/schemas/A' } }],
    ['itself in allOf', { A: { allOf: [{ $ref: '#/components/schemas/A' }] } }],
    ['itself in not', { A: { not: { $ref: '#/components/schemas/A' } } }],
    ['itself in dependentSchemas', { A: { dependentSchemas: { a: { $ref: '#/components/schemas/A' } } } }],
    ['another that refers to it', { A: { anyOf: [{ $ref: '#/components/schemas/B' }] }, B: { then: { $ref: '#/components/schemas/A' }, if: true } }],
  ]; // prettier-ignore

  test.each(circles)('one that is %s', async (_what, schemas) => {
    const spec: Spec = {
      components: { schemas },
      paths: {
        '/things': {
          post: operation('addThing', { requestBody: json({ $ref: '#/components/schemas/A' }) }),
        },
      },
    };
    expect(await faultsOf(spec)).toContain(
      'addThing has a schema that refers to itself without going into the value',
    );
  });
});

describe('replies', () => {
  const refused: [mediaType: string, media: MediaTypeObject, fault: string][] = [
    ['json', { schema: text }, ', which is no media type'],
    ['text/csv; charset=latin1', { schema: text }, ', but replies leave in UTF-8'],
    ['application/jsonl', {}, ' without a schema'],
    ['image/png', { schema: point }, ' with a schema that is no string, which is not supported'],
    ['application/yaml', { schema: point }, ' with a schema that is no string, which is not supported'],
  ];

  test.each(refused)('%s %j', async (mediaType, media, fault) => {
    const responses = {
      200: { description: 'A reply', content: { [mediaType]: media } },
      default: anyProblem,
    };
    const spec: Spec = { paths: { '/things': { get: operation('getThings', { responses }) } } };
    expect(await faultsOf(spec)).toEqual([`getThings answers 200 as ${mediaType}${fault}`]);
  });
});

describe('extensions', () => {
  test.each([0, -1, 1.5, '1', null])('x-max-body: %j', async (size) => {
    expect(await faultsOf(extended({ 'x-max-body': size }))).toEqual([
      `getThings has an x-max-body that is not a number of bytes: ${JSON.stringify(size)}`,
    ]);
  });

  const paces = [
    1,
    [],
    { idle_ms: 0 },
    { idle_ms: 2 ** 31 },
    { idle_ms: '1' },
    { min_bytes_per_second: -1 },
    { pace: 1 },
  ];
  test.each(paces)('x-body-pace: %j', async (pace) => {
    expect(await faultsOf(extended({ 'x-body-pace': pace }))).toEqual([
      `getThings has an x-body-pace that is not { idle_ms, min_bytes_per_second } in whole numbers: ${JSON.stringify(pace)}`,
    ]);
  });
});

function extended(extensions: object): Spec {
  return { paths: { '/things': { get: { ...operation('getThings'), ...extensions } } } };
}

describe('servers', () => {
  const servers: [server: ServerObject, fault: string][] = [
    [{ url: 'https://{tenant}.a.example' }, 'a server with a variable without a default (https://{tenant}.a.example)'],
    [{ url: '/{a}/{b}', variables: { a: { default: 'x' } } }, 'a server with a variable without a default (/x/{b})'],
    [{ url: '/{__proto__}' }, 'a server with a variable without a default (/{__proto__})'],
    [{ url: '{base}', variables: { base: { default: 'v1' } } }, 'a server that is neither a URL nor a path from the root (v1)'],
  ]; // prettier-ignore

  test.each(servers)('%j', async (server, fault) => {
    expect(await faultsOf({ ...extended({}), servers: [server] })).toEqual([`the document has ${fault}`]);
  });
});
