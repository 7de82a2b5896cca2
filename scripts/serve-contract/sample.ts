/** Values made from schemas, by Redocly's sampler. */
import { sample } from 'openapi-sampler';
import type { ContractDocument } from '#contract';
import { asList, asNode, isNode, target } from './node.ts';
import type { Node } from './node.ts';

/** Who reads the value: a client never gets what is writeOnly, a server never what is readOnly. */
export type Side = 'request' | 'reply';

/** A documented or sampled value. */
export interface Candidate {
  readonly value: unknown;
  /** `its example`, `its example "cat"`, `a value made from its schema`: for messages. */
  readonly origin: string;
  /** The key in `examples`; empty for the only one. */
  readonly name?: string;
}

/** Deeper parts of a sample are left empty: some schemas would fill the memory. */
const depths = [7, 3];

/** Values of a schema in the order of trying: everything, everything but less deep, the required parts only. */
export function samplesOf(document: ContractDocument, schema: unknown, side: Side): Candidate[] {
  const options = { skipReadOnly: side === 'request', skipWriteOnly: side === 'reply', quiet: true };
  const attempts = [
    ...depths.map((maxSampleDepth) => ({ ...options, maxSampleDepth })),
    { ...options, maxSampleDepth: 15, skipNonRequired: true },
    { ...options, maxSampleDepth: 15, skipNonRequired: true, enablePatterns: true },
  ];
  const made = attempts.flatMap((attempt) => sampled(document, schema, attempt));
  const distinct = new Map(made.map((value) => [JSON.stringify(value), value]));
  return [...distinct.values()].map((value) => ({ value, origin: 'a value made from its schema' }));
}

function sampled(document: ContractDocument, schema: unknown, options: object): unknown[] {
  try {
    return [sample(isNode(schema) ? schema : {}, options, document)];
  } catch {
    return []; // It knows no way through this schema; perhaps with other options.
  }
}

/** The examples that stand beside a schema: of a media type, a parameter or a header. */
export function examplesOf(document: ContractDocument, node: Node): Candidate[] {
  const own = 'example' in node ? [{ value: node['example'], origin: 'its example' }] : [];
  const named = Object.entries(asNode(node['examples'])).flatMap(([name, entry]) => {
    const example = target(document, entry);
    return 'value' in example ? [{ name, value: example['value'], origin: `its example "${name}"` }] : [];
  });
  return [...own, ...named, ...schemaExamples(target(document, node['schema']))];
}

function schemaExamples(schema: Node): Candidate[] {
  const list = 'example' in schema ? [schema['example']] : asList(schema['examples']);
  return list.slice(0, 1).map((value) => ({ value, origin: 'the example of its schema' }));
}
