import * as fc from 'fast-check';
import { schemaFaults } from '../../test/support/contract-check/document.ts';
import type { Node, Operation, Parameter } from './contract.ts';
import { senders } from './draft.ts';
import type { Draft, DraftBody, Drafts, Text } from './draft.ts';
import { knownValue } from './known-values.ts';
import { validValues } from './values.ts';

/** Requests that fit the contract. */
export function validDrafts({ parameters, bodies }: Operation): Drafts {
  return fc.record({
    parameters: fc.tuple(...parameters.map(validParameter)),
    extraQuery: fc.constant([]),
    extraHeaders: fc.constant({}),
    body: bodies.size === 0 ? fc.constant(undefined) : fc.oneof(...[...bodies].map(validBody)),
    sender: fc.constantFrom(...senders),
  });
}

function validBody([type, schema]: [string, Node]): fc.Arbitrary<DraftBody> {
  return validValues(schema).map((value) => ({ type, value }));
}

function validParameter(parameter: Parameter): fc.Arbitrary<Draft['parameters'][number]> {
  const known = knownValue(parameter.name);
  const values = validValues(parameter.schema).map((value) => encoded(parameter, value));
  const usable =
    parameter.in === 'header' ? fc.oneof(headerTexts(parameter), fc.constantFrom('"1"', '*')) : values;
  const texts: fc.Arbitrary<Text> = known === undefined ? usable : fc.oneof(usable, fc.constant(known));
  const sometimes = parameter.required ? texts : fc.option(texts, { nil: undefined });
  return sometimes.map((text) => ({ parameter, text }));
}

/** Visible ASCII without blanks at its ends: what a header can carry and no parser trims. */
function headerTexts({ schema }: Parameter): fc.Arbitrary<string> {
  const longest = Number(schema['maxLength'] ?? 100);
  return fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: longest })
    .filter((text) => text === text.trim() && schemaFaults(schema, text) === '');
}

function encoded({ in: place }: Parameter, value: unknown): string {
  if (place === 'header') return String(value);
  return Array.isArray(value)
    ? value.map((entry) => encodeURIComponent(String(entry))).join(',')
    : encodeURIComponent(String(value));
}
