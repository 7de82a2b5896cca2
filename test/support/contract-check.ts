/**
 * Holds every reply of every test to the contract, by an implementation of its own: if the engine's check
 * were wrong, this one would still see it. It is stricter than a client may be: nothing undeclared leaves.
 */
import { asNode, follow, operationsAt, prefix } from './contract-check/document.ts';
import { bodyFaults } from './contract-check/bodies.ts';
import { headerFaults } from './contract-check/headers.ts';
import { unroutedReply } from './contract-check/unrouted.ts';
import type { Node } from './contract-check/document.ts';
import type { Received, Sent } from './contract-check/reply.ts';

/** Whether a 500, though documented, is what a test expects: it is a bug anywhere else. */
export interface CheckOptions {
  readonly internalErrors?: 'refused' | 'expected';
}

/** Throws, with all its faults, when a reply is not what the contract says. Paths outside of it are not its matter. */
export function checkReply(
  sent: Sent,
  received: Received,
  { internalErrors = 'refused' }: CheckOptions = {},
) {
  const path = sent.path.split('?')[0] ?? '';
  if (!isOfContract(path)) return;
  const faults = [
    ...(received.status === 500 && internalErrors === 'refused' ? ['a 500 is a bug'] : []),
    ...replyFaults(path, sent, received),
  ];
  if (faults.length === 0) return;
  const which = `${sent.method} ${sent.path} -> ${received.status}`;
  throw new Error(`${which} breaks the contract:\n- ${faults.join('\n- ')}\n${received.text ?? ''}`);
}

/** The site publishes the contract itself below the same prefix. */
function isOfContract(path: string): boolean {
  const published = ['openapi.json', 'openapi.yaml', 'asyncapi.json'].map((name) => `${prefix}/${name}`);
  const isPublished = published.includes(path);
  return !isPublished && (path === prefix || path.startsWith(`${prefix}/`));
}

function replyFaults(path: string, sent: Sent, received: Received): string[] {
  const operations = operationsAt(path);
  const operation = operations?.[sent.method === 'HEAD' ? 'get' : sent.method.toLowerCase()];
  const expected = operation
    ? documentedReply(asNode(operation), received)
    : unroutedReply(operations, sent, received);
  if (typeof expected === 'string') return [expected];
  const { headers, content } = expected;
  return [...headerFaults(asNode(headers), received), ...bodyFaults(asNode(content), sent, received)];
}

/** Headers and content as a response object of OpenAPI has them; a string says why there can be none. */
function documentedReply({ responses }: Node, { status }: Received): Node | string {
  const response = asNode(asNode(responses)[String(status)]);
  return Object.keys(response).length === 0 ? 'the contract does not document this status' : follow(response);
}
