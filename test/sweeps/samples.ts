/** Requests made of the contract's own examples. */
import { randomUUID } from 'node:crypto';
import { asNode } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';
import type { Example, Operation, Parameter } from './operations.ts';
import type { SweepRequest } from './client.ts';

const multipart = 'multipart/form-data';
const boundary = 'boundary-of-a-sweep';

/** Which of the examples to take; the first of each where nothing is said. */
export interface Choice {
  readonly body?: { readonly mediaType: string; readonly example: Example } | undefined;
  /** Values in place of the examples, by the parameter's name; an optional one is sent only if it stands here. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly token?: string | undefined;
}

/** Throws, naming the operation, where the contract gives no example of what must be sent. */
export function sampleRequest(
  operation: Operation,
  { body, parameters = {}, token }: Choice = {},
): SweepRequest {
  const given = givenParameters(operation, parameters);
  const sent = body ?? firstBody(operation);
  return {
    method: operation.method,
    opensSocket: operation.opensSocket,
    path: pathOf(operation, given) + queryOf(given),
    headers: {
      ...Object.fromEntries(given.filter(isIn('header')).map(({ name, value }) => [name, String(value)])),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(sent && { 'Content-Type': contentType(sent.mediaType) }),
    },
    body: sent && encoded(sent.mediaType, sent.example.value),
  };
}

/** The body that is sent where nobody chooses another; undefined where the operation takes none. */
export function firstBody(operation: Operation): { mediaType: string; example: Example } | undefined {
  const [content] = operation.bodies;
  if (!content) return undefined;
  const { mediaType, examples } = content;
  return { mediaType, example: firstExample(operation, mediaType, examples) };
}

/** Values for the path that fit the contract and lead to nothing. */
export function idsOfNobody({ parameters }: Operation): Record<string, unknown> {
  return Object.fromEntries(
    parameters.filter(isIn('path')).map(({ name, schema }) => {
      return [name, schema['format'] === 'uuid' ? randomUUID() : schema['maximum']];
    }),
  );
}

interface Given extends Parameter {
  readonly value: unknown;
}

function givenParameters(operation: Operation, values: Readonly<Record<string, unknown>>): Given[] {
  const sent = operation.parameters.filter(({ name, isRequired }) => isRequired || name in values);
  return sent.map((parameter) => ({
    ...parameter,
    value: values[parameter.name] ?? firstExample(operation, parameter.name, parameter.examples).value,
  }));
}

function firstExample({ id }: Operation, of: string, [example]: readonly Example[]): Example {
  if (!example)
    throw new Error(`${id} has no example of ${of}, so that no request can be made of the contract`);
  return example;
}

function isIn(location: string) {
  return (parameter: Parameter) => parameter.in === location;
}

function pathOf({ path }: Operation, given: readonly Given[]): string {
  return given
    .filter(isIn('path'))
    .reduce((text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(String(value))), path);
}

function queryOf(given: readonly Given[]): string {
  const pairs = given.filter(isIn('query')).flatMap(({ name, explode, value }) => {
    const values = (Array.isArray(value) ? value : [value]).map((one) => encodeURIComponent(String(one)));
    return (explode ? values : [values.join(',')]).map((text) => `${name}=${text}`);
  });
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

function encoded(mediaType: string, value: unknown): string {
  if (mediaType === 'application/json') return JSON.stringify(value);
  if (mediaType === 'application/x-www-form-urlencoded') return new URLSearchParams(Object(value)).toString();
  if (mediaType === multipart) return multipartForm(asNode(value));
  throw new Error(`A sweep cannot make a body of ${mediaType} yet: teach it in test/sweeps/samples.ts`);
}

function contentType(mediaType: string): string {
  return mediaType === multipart ? `${mediaType}; boundary=${boundary}` : mediaType;
}

/** A form as a request sends it. */
export function formWith(value: Node): { headers: Record<string, string>; body: string } {
  return { headers: { 'Content-Type': contentType(multipart) }, body: multipartForm(value) };
}

/** Every text is the content of a file; its first letters tell which name and type the examples give it. */
function multipartForm(value: Node): string {
  const parts = Object.entries(value).flatMap(([name, one]) =>
    [one].flat().map((content) => partOf(name, String(content))),
  );
  return `${parts.join('')}--${boundary}--\r\n`;
}

function partOf(name: string, content: string): string {
  const [filename, type] = content.startsWith('GIF')
    ? ['image.gif', 'image/gif']
    : ['note.txt', 'text/plain'];
  const disposition = `form-data; name="${name}"; filename="${filename}"`;
  return `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;
}
