import * as fc from 'fast-check';
import { schemaFaults } from '../../test/support/contract-check/document.ts';
import { asNode, typesOf } from './contract.ts';
import type { Node, Operation, Parameter } from './contract.ts';
import type { DraftBody, Drafts } from './draft.ts';
import { validDrafts } from './valid-drafts.ts';
import { invalidValues } from './values.ts';

/** Requests that fit the contract but for one place. */
export function invalidDrafts(operation: Operation): Drafts {
  const { parameters, bodies } = operation;
  const valid = validDrafts(operation);
  const spoilt: Drafts[] = [
    fc.tuple(valid, unknownQuery(parameters)).map(([draft, extra]) => ({ ...draft, extraQuery: [extra] })),
    ...[...bodies].map(([type, schema]) =>
      fc.tuple(valid, invalidBodies(type, schema)).map(([draft, body]) => ({ ...draft, body })),
    ),
    ...parameters.flatMap((parameter, index) =>
      invalidTexts(parameter).map((texts) =>
        fc.tuple(valid, texts).map(([draft, text]) => ({
          ...draft,
          parameters: draft.parameters.with(index, { parameter, text }),
        })),
      ),
    ),
  ];
  return fc.oneof(...spoilt);
}

function unknownQuery(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const known = new Set(parameters.map(({ name }) => name));
  return fc
    .string({ minLength: 1 })
    .filter((name) => !known.has(name))
    .map((name) => `${encodeURIComponent(name)}=1`);
}

function invalidBodies(type: string, schema: Node): fc.Arbitrary<DraftBody> {
  if (type === 'application/x-www-form-urlencoded') {
    const extra = fc
      .string({ minLength: 1 })
      .filter((name) => !Object.hasOwn(asNode(schema['properties']), name));
    return extra.map((name) => ({ type, value: { [name]: '1' } }));
  }
  return invalidValues(schema).map((value) => ({ type, value }));
}

/** None for what cannot be broken: any text may stand in a header. */
function invalidTexts({ schema, in: place }: Parameter): fc.Arbitrary<string>[] {
  if (place === 'header') return [fc.constant('x'.repeat(Number(schema['maxLength'] ?? 100) + 1))];
  const texts = fc.oneof(
    fc.string({ minLength: place === 'path' ? 1 : 0 }),
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.constantFrom('1e0', '0x1', '1.0', ' 1', '9223372036854775808', 'a\0b'),
    fc.constantFrom('x'.repeat(2049), 'null', 'true ', 'undefined'),
  );
  return [texts.filter((text) => isRefused(schema, text)).map(encodedText)];
}

/** By the rules of the contract for text: digits are integers, `true` and `false` booleans, commas separate. */
function isRefused(schema: Node, text: string): boolean {
  if (text.includes('\0')) return true;
  if (typesOf(schema).includes('array'))
    return text.split(',').some((entry) => isRefused(asNode(schema['items']), entry));
  return typesOf(schema).includes('integer')
    ? !/^-?(?:0|[1-9]\d*)$/.test(text) || schemaFaults(schema, Number(text)) !== ''
    : schemaFaults(schema, typesOf(schema).includes('boolean') ? booleanOf(text) : text) !== '';
}

function booleanOf(text: string): boolean | string {
  return text === 'true' || (text === 'false' ? false : text);
}

/** A dot segment would be taken away by no one here, but a client may do it: it stays encoded. */
function encodedText(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
}
