/** A fault in what several operations share is told of each of them: who leaves one out must know of the others. */
import { describe, expect, test } from '@jest/globals';
import { ContractError } from '#contract';
import { createTiny, faultsOf, json, operation } from './support.ts';
import type { JsonSchema } from '#contract/document.ts';
import type { Spec } from './support.ts';

/** Three operations: two that take the schema, and one that answers with it. */
function sharing(schema: JsonSchema, schemas: Record<string, JsonSchema> = {}): Spec {
  return {
    components: { schemas },
    paths: {
      '/a': { post: operation('addA', { requestBody: json(schema) }) },
      '/b': { post: operation('addB', { requestBody: json(schema) }) },
      '/c': { get: operation('getC', { responses: { 200: json(schema) } }) },
      '/d': { get: operation('getD', { responses: { 200: json(schema), 201: json(schema) } }) },
    },
  };
}

const everyone = ['addA', 'addB', 'getC (200)', 'getD (200)', 'getD (201)'];
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const unknownFormat = { type: 'string', format: 'colour' };
const unknownKeyword = { maximumLength: 3 };

describe('a schema that cannot be compiled', () => {
  const schemas: [how: string, schema: JsonSchema, components: Record<string, JsonSchema>, fault: RegExp][] = [
    ['itself', unknownFormat, {}, /^has a schema that cannot be compiled: unknown format "colour"/],
    ['behind a $ref', ref('Colour'), { Colour: unknownFormat }, /^has a schema that cannot be compiled: unknown format/],
    ['behind two', ref('A'), { A: { allOf: [ref('B')] }, B: unknownKeyword }, /^has a schema that cannot be compiled: strict mode: unknown keyword/],
    ['in a branch', { oneOf: [{ type: 'integer' }, unknownKeyword] }, {}, /^has a schema that cannot be compiled: strict mode: unknown keyword/],
  ]; // prettier-ignore

  test.each(schemas)('%s', async (_how, schema, components, fault) => {
    const faults = await faultsOf(sharing(schema, components));
    const told = everyone.filter((where) =>
      faults.some((line) => line.startsWith(`${where} `) && fault.test(line.slice(where.length + 1))),
    );
    expect(told).toEqual(everyone);
  });
});

test('a default that does not fit', async () => {
  const schema = { type: 'object', properties: { a: { type: 'integer', default: 'x' } } };
  expect(await faultsOf(sharing(schema))).toEqual(
    ['addA', 'addB'].map((where) => `${where} has a default that its own schema does not allow: "x"`),
  );
});

test('a keyword that is not served, behind a $ref to a place that is no component', async () => {
  const target = '#/paths/~1x/get/responses/200/content/application~1json/schema';
  const faults = await faultsOf({
    paths: {
      '/a': { post: operation('addA', { requestBody: json({ type: 'array', items: { $ref: target } }) }) },
      '/b': { post: operation('addB', { requestBody: json({ properties: { b: { $ref: target } } }) }) },
      '/x': { get: operation('getX', { responses: { 200: json({ $id: 'x', type: 'string' }) } }) },
    },
  });
  const fault =
    'has a schema with $id, which is not supported: refer to a schema by its place (#/components/schemas/…)';
  expect(faults).toEqual(['addA', 'addB', 'getX (200)'].map((where) => `${where} ${fault}`));
});

test('a circle', async () => {
  const faults = await faultsOf(sharing(ref('A'), { A: { anyOf: [ref('A'), { type: 'string' }] } }));
  expect(faults).toEqual(
    everyone.map((where) => `${where} has a schema that refers to itself without going into the value`),
  );
});

test('a condition that cannot be decided, also where only a part is shared', async () => {
  const undecided = {
    anyOf: [{ properties: { kind: { type: 'string' } } }, { properties: { size: { type: 'integer' } } }],
    if: { properties: { kind: { const: 'a' } } },
    then: { properties: { b: { type: 'string' } } },
  };
  const responses = (schema: JsonSchema) => ({ responses: { 200: json(schema) } });
  const faults = await faultsOf({
    paths: {
      '/a': { get: operation('getA', responses(undecided)) },
      '/b': { get: operation('getB', responses(undecided)) },
      '/c': { get: operation('getC', responses({ type: 'array', items: undecided })) },
    },
  });
  const fault =
    'has a schema whose if tests kind, which is not declared beside it for certain: what may leave cannot be decided';
  expect(faults).toEqual(['getA', 'getB', 'getC'].map((id) => `${id} (200) ${fault}`));
});

describe('a discriminator that maps to nothing is told by its place', () => {
  const discriminator = { propertyName: 'kind', mapping: { 'a cat': '#/components/schemas/Nope' } };
  const pet = { discriminator, oneOf: [ref('Cat')] };
  const schemas: Record<string, JsonSchema> = { Pet: pet, Cat: { type: 'object' } };
  const fault = 'has a discriminator that maps a cat to #/components/schemas/Nope, which leads nowhere';

  test('in an operation', async () => {
    const { details } = await refusal(sharing(pet, schemas));
    const place = '/paths/~1a/post/requestBody/content/application~1json/schema/discriminator/mapping/a cat';
    expect(details[0]).toEqual({ where: 'addA', what: fault, pointer: place });
    expect(details.map(({ where }) => where)).toEqual(everyone);
  });

  test('in a component, once', async () => {
    const { details } = await refusal(sharing(ref('Pet'), schemas));
    const pointer = '/components/schemas/Pet/discriminator/mapping/a cat';
    expect(details).toEqual([{ where: 'schema Pet', what: fault, pointer }]);
  });
});

async function refusal(spec: Spec): Promise<ContractError> {
  const error = await createTiny(spec).catch((failure: unknown) => failure);
  if (error instanceof ContractError) return error;
  throw error;
}
