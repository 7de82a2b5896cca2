/** Arbitrary values for a JSON Schema of the contract: those that fit it, and those that do not. */
import * as fc from 'fast-check';
import { schemaFaults } from '../../test/support/contract-check/document.ts';
import { asNode, asNodes, typesOf } from './contract.ts';
import type { Node } from './contract.ts';
import { anybody, knownValue, withKnownValues } from './known-values.ts';

type Values = fc.Arbitrary<unknown>;

/** Values that fit the schema; throws, with the schema, when there is no way to make them. */
export function validValues(schema: Node): Values {
  const values: unknown = schema['enum'];
  if (Array.isArray(values)) return fc.constantFrom(...values.map((value: unknown) => value));
  const branches = typesOf(schema).map((type) => valuesOfType(type, schema));
  if (branches.length === 0) throw new Error(`There are no values for the schema ${JSON.stringify(schema)}`);
  return fc.oneof(...branches);
}

function valuesOfType(type: string, schema: Node): Values {
  switch (type) {
    case 'string':
      return fitting(schema, validStrings(schema));
    case 'integer':
      return integers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(validValues(asNode(schema['items'])), lengths(schema, 'Items'));
    case 'object':
      return fitting(schema, validObjects(schema));
    default:
      throw new Error(`There are no values for the type ${type} of ${JSON.stringify(schema)}`);
  }
}

function integers({ minimum, maximum }: Node): Values {
  const min = Number(minimum ?? Number.MIN_SAFE_INTEGER);
  const max = Number(maximum ?? Number.MAX_SAFE_INTEGER);
  return fc.oneof(fc.integer({ min, max: Math.min(max, min + 20) }), fc.integer({ min, max }));
}

function lengths(schema: Node, of: 'Length' | 'Items'): { minLength: number; maxLength: number } {
  return { minLength: Number(schema[`min${of}`] ?? 0), maxLength: Number(schema[`max${of}`] ?? 100) };
}

function validStrings(schema: Node): fc.Arbitrary<string> {
  if (schema['format'] === 'email') return fc.emailAddress();
  if (schema['format'] === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString());
  const patterns = [schema, ...asNodes(schema['allOf'])].flatMap(({ pattern }) =>
    typeof pattern === 'string' ? [fc.stringMatching(new RegExp(pattern, 'u'))] : [],
  );
  if (patterns.length > 0) return fc.tuple(...patterns).map((parts) => parts.join(''));
  const { minLength, maxLength } = lengths(schema, 'Length');
  return fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength }),
    fc.string({ unit: 'binary', minLength, maxLength }),
    fc.constantFrom('x'.repeat(minLength || 1), '\u{1f600}'.repeat(maxLength), "' or 1=1; --", '%_\\'),
  );
}

function validObjects(schema: Node): Values {
  const properties = Object.entries(asNode(schema['properties'])).map(([name, property]) => {
    const values = validValues(asNode(property));
    const known = knownValue(name);
    return [name, known === undefined ? values : fc.oneof(values, fc.constant(known))] as const;
  });
  const required = schema['required'];
  const requiredKeys = Array.isArray(required) ? required.map(String) : [];
  return fc.record(Object.fromEntries(properties), { requiredKeys });
}

/** Length and patterns leave values over that the contract itself refuses, and so does text that no database takes. */
function fitting<T>(schema: Node, values: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return values.filter((value) => !isPoisoned(value) && fits(schema, value));
}

/** Judged as it goes out: a stand-in is longer, and another kind of text, than what it stands for. */
function fits(schema: Node, value: unknown): boolean {
  return schemaFaults(schema, withKnownValues(value, anybody)) === '';
}

function isPoisoned(value: unknown): boolean {
  return /\\u0000|\\ud[89a-f]/.test(JSON.stringify(value));
}

/** Values that the schema refuses, most of them close to one that fits. */
export function invalidValues(schema: Node): Values {
  const isObject = typesOf(schema).includes('object');
  const near = isObject
    ? [fc.tuple(validObjects(schema), mutations(schema)).map(([value, change]) => change(value))]
    : [];
  return fc
    .oneof({ weight: 1, arbitrary: fc.jsonValue() }, ...near.map((arbitrary) => ({ weight: 4, arbitrary })))
    .filter((value) => isPoisoned(value) || !fits(schema, value));
}

type Mutation = (value: unknown) => unknown;

function mutations(schema: Node): fc.Arbitrary<Mutation> {
  const names = Object.keys(asNode(schema['properties']));
  const name = fc.constantFrom(...names);
  return fc.oneof(
    fc.tuple(name, junk).map(([key, value]) => (whole: unknown) => ({ ...asNode(whole), [key]: value })),
    fc
      .tuple(fc.string(), fc.jsonValue())
      .map(([key, value]) => (whole: unknown) => ({ ...asNode(whole), [key]: value })),
    name.map((key) => (whole: unknown) => ({ ...asNode(whole), [key]: undefined })),
  );
}

const junk: Values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    'x'.repeat(3000),
    '',
    -1,
    0,
    2 ** 31,
    2 ** 53,
    1e308,
    1.5,
  ),
);
