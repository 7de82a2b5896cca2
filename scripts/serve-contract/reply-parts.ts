/** The parts of a reply, as a handler gives them to the engine. */
import { Readable } from 'node:stream';
import type { ContractDocument } from '#contract';
import { documentedKind, offerOf } from '#contract/reply-media.ts';
import { asNode, target } from './node.ts';
import type { Node } from './node.ts';
import { examplesOf, samplesOf } from './sample.ts';

interface Media {
  readonly mediaType: string | undefined;
  readonly media: Node;
}

/** The body that tells the value in this media type, anew for each reply: a stream can be read only once. */
export function bodyOf(
  document: ContractDocument,
  { mediaType, media }: Media,
  value: unknown,
): () => unknown {
  const offer = offerOf(mediaType ?? '');
  if (!offer) return () => undefined;
  switch (documentedKind(document, offer, { schema: asNode(media['schema']) })) {
    case 'json':
      return () => value;
    case 'text':
      return () => textOf(value);
    case 'binary':
      return () => Buffer.from(textOf(value));
    case 'events':
      return () => Readable.from([{ data: value }]);
    case 'lines':
      return () => Readable.from([value]);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The required headers of a response, each by its example or made from its schema. */
export function requiredHeaders(document: ContractDocument, response: Node): Record<string, string> {
  const headers = Object.entries(asNode(response['headers'])).flatMap(([name, node]) => {
    const header = target(document, node);
    if (header['required'] !== true || name.toLowerCase() === 'content-type') return [];
    const [candidate] = [...examplesOf(document, header), ...samplesOf(document, header['schema'], 'reply')];
    return [[name, headerText(candidate?.value)] as const];
  });
  return Object.fromEntries(headers);
}

/** As style `simple` writes it. */
export function headerText(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  if (typeof value === 'object' && value !== null) return Object.entries(value).flat().map(textOf).join(',');
  return textOf(value);
}
