/** Request bodies: a value written in the media type of its operation. */
import type { ContractDocument } from '#contract';
import { asNode, isNode, target } from '../node.ts';
import type { Node } from '../node.ts';
import { examplesOf, samplesOf } from '../sample.ts';
import { pairsOf } from './styles.ts';

export interface Body {
  readonly mediaType: string;
  readonly bytes: string | Buffer;
}

/** Bodies in the order of trying, each documented media type in turn. */
export function bodiesOf(document: ContractDocument, requestBody: Node): Body[] {
  return Object.entries(asNode(requestBody['content'])).flatMap(([mediaType, node]) => {
    const media = asNode(node);
    const candidates = [...examplesOf(document, media), ...samplesOf(document, media['schema'], 'request')];
    return candidates.map(({ value }) =>
      bodyOf(concrete(mediaType), { media, files: filesOf(document, media) }, value),
    );
  });
}

/** What is sent where a range is documented. */
function concrete(mediaType: string): string {
  return mediaType.includes('*') ? 'application/json' : mediaType;
}

interface Form {
  readonly media: Node;
  /** Names of the properties that are files. */
  readonly files: ReadonlySet<string>;
}

function filesOf(document: ContractDocument, { schema }: Node): Set<string> {
  const properties = Object.entries(asNode(target(document, schema)['properties']));
  return new Set(properties.flatMap(([name, property]) => (isFile(document, property) ? [name] : [])));
}

function isFile(document: ContractDocument, node: unknown): boolean {
  const { format, contentMediaType, items } = target(document, node);
  return (
    format === 'binary' || contentMediaType !== undefined || (items !== undefined && isFile(document, items))
  );
}

function bodyOf(mediaType: string, { media, files }: Form, value: unknown): Body {
  if (mediaType.startsWith('multipart/')) return multipart(mediaType, files, value);
  if (mediaType.startsWith('application/x-www-form-urlencoded')) {
    return { mediaType, bytes: typeof value === 'string' ? value : formText(media, value) };
  }
  if (isJson(mediaType)) return { mediaType, bytes: JSON.stringify(value ?? null) };
  return { mediaType, bytes: typeof value === 'string' ? value : JSON.stringify(value ?? '') };
}

/** True for media types whose bodies are JSON. */
export function isJson(mediaType: string): boolean {
  return /^application\/json\b|\+json\b/.test(mediaType);
}

/** Each property by its encoding, where it has one. */
function formText(media: Node, value: unknown): string {
  const encodings = asNode(media['encoding']);
  const pairs = Object.entries(asNode(value)).flatMap(([name, item]) =>
    pairsOf({ name, ...asNode(encodings[name]) }, item),
  );
  return pairs.map((pair) => pair.join('=')).join('&');
}

const boundary = 'a-boundary-of-the-proof';

function multipart(mediaType: string, files: ReadonlySet<string>, value: unknown): Body {
  const parts = Object.entries(asNode(value)).flatMap(([name, item]) =>
    (Array.isArray(item) ? item : [item]).map((one) =>
      files.has(name) ? filePart(name, one) : part(name, one),
    ),
  );
  const bytes = [...parts, `--${boundary}--\r\n`].join('');
  return { mediaType: `${mediaType.split(';')[0] ?? mediaType}; boundary=${boundary}`, bytes };
}

function part(name: string, value: unknown): string {
  const isText = !isNode(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  const type = isText ? '' : 'Content-Type: application/json\r\n';
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${type}\r\n${text}\r\n`;
}

function filePart(name: string, value: unknown): string {
  const disposition = `Content-Disposition: form-data; name="${name}"; filename="file.bin"`;
  return `--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n${String(value)}\r\n`;
}
