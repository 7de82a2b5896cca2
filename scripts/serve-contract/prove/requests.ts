/** The requests of the proof, made from the examples and schemas of an operation. */
import type { ContractDocument, Operation } from '#contract';
import { typesOf } from '#contract/schema-types.ts';
import { credentialOf } from '../credentials.ts';
import type { Credential } from '../credentials.ts';
import { asNode, target } from '../node.ts';
import type { Node } from '../node.ts';
import { examplesOf, samplesOf } from '../sample.ts';
import type { Candidate } from '../sample.ts';
import { bodiesOf, isJson } from './bodies.ts';
import type { Body } from './bodies.ts';
import type { Request } from './client.ts';
import { headerValue, pairsOf, pathText } from './styles.ts';
import type { Pair } from './styles.ts';

/** Everything that requests to one operation are made of. */
export interface Material {
  readonly operation: Operation;
  /** In front of the path: `/api/v1`. */
  readonly prefix: string;
  readonly parameters: readonly { readonly node: Node; readonly candidates: readonly Candidate[] }[];
  readonly bodies: readonly Body[];
  readonly credentials: readonly Credential[];
}

interface Choice {
  readonly parameters: readonly { readonly node: Node; readonly value: unknown }[];
  readonly body: Body | undefined;
}

const ignoredHeaders = new Set(['accept', 'content-type', 'authorization']);

export function materialOf(document: ContractDocument, operation: Operation, prefix: string): Material {
  const credentials = credentialsOf(document, operation);
  const schemes = operation.security.flatMap((requirement) => Object.keys(requirement));
  const keys = schemes.flatMap((name) => standInCredential(document, name));
  const isCredential = (node: Node) =>
    keys.some(({ in: location, name }) => node['in'] === location && node['name'] === name);
  const parameters = operation.parameters
    .map((parameter) => asNode(parameter))
    .filter((node) => !isCredential(node))
    .filter((node) => !(node['in'] === 'header' && ignoredHeaders.has(String(node['name']).toLowerCase())))
    .map((node) => ({ node, candidates: candidatesOf(document, node) }));
  return {
    operation,
    prefix,
    parameters,
    bodies: bodiesOf(document, asNode(operation.requestBody)),
    credentials,
  };
}

function candidatesOf(document: ContractDocument, node: Node): Candidate[] {
  const media = asNode(Object.values(asNode(node['content']))[0]);
  const schema = node['schema'] ?? media['schema'];
  return [
    ...examplesOf(document, node),
    ...examplesOf(document, media),
    ...samplesOf(document, schema, 'request'),
  ];
}

function credentialsOf(document: ContractDocument, { security }: Operation): Credential[] {
  return Object.keys(security[0] ?? {}).flatMap((name) => standInCredential(document, name));
}

function standInCredential(document: ContractDocument, name: string): Credential[] {
  const credential = credentialOf(target(document, document.components?.securitySchemes?.[name]));
  return credential ? [credential] : [];
}

const mostAttempts = 8;

/** Requests that should be valid, in the order of trying: an example of a document may break its own schema. */
export function validRequests(material: Material): Request[] {
  const { parameters, bodies, operation } = material;
  const required = parameters.filter(({ node }) => isRequired(node));
  const rounds = Math.min(
    mostAttempts,
    Math.max(1, bodies.length, ...parameters.map((one) => one.candidates.length)),
  );
  const isOptional = operation.requestBody !== undefined && operation.requestBody.required !== true;
  const choices = Array.from({ length: rounds }, (_, round) => [
    { parameters: valuesIn(parameters, round), body: atMost(bodies, round) },
    { parameters: valuesIn(required, round), body: atMost(bodies, round) },
  ]).flat();
  const bare = isOptional ? [{ parameters: valuesIn(required, 0), body: undefined }] : [];
  const requests = [...choices, ...bare].map((choice) => requestOf(material, choice));
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}

function isRequired(node: Node): boolean {
  return node['required'] === true || node['in'] === 'path';
}

function valuesIn(parameters: Material['parameters'], round: number): Choice['parameters'] {
  return parameters.flatMap(({ node, candidates }) => {
    const candidate = atMost(candidates, round);
    return candidate ? [{ node, value: candidate.value }] : [];
  });
}

function atMost<T>(list: readonly T[], index: number): T | undefined {
  return list[Math.min(index, list.length - 1)];
}

/** A request that must be refused; undefined where nothing is forbidden. */
export function invalidRequest(
  document: ContractDocument,
  material: Material,
  valid: Request,
): Request | undefined {
  const { parameters } = material;
  const missing = parameters.find(({ node }) => canBeMissed(document, node));
  if (missing) {
    const others = parameters.filter((one) => one !== missing && isRequired(one.node));
    return requestOf(material, { parameters: valuesIn(others, 0), body: atMost(material.bodies, 0) });
  }
  return withWrongBody(document, material, valid) ?? withWrongParameter(document, material);
}

function canBeMissed(document: ContractDocument, node: Node): boolean {
  const schema = target(document, node['schema']);
  return node['required'] === true && node['in'] !== 'path' && !('default' in schema);
}

const wrongValues = [
  ['array', '[]'],
  ['object', '{}'],
  ['string', '"text"'],
  ['boolean', 'true'],
] as const;

function withWrongBody(
  document: ContractDocument,
  { operation }: Material,
  valid: Request,
): Request | undefined {
  const content = Object.entries(asNode(operation.requestBody?.content));
  for (const [mediaType, media] of content) {
    const types = typesOf(document, asNode(media)['schema']);
    const wrong = wrongValues.find(([type]) => !types.includes(type));
    if (!isJson(mediaType) || types.length === 0 || !wrong) continue;
    return { ...valid, headers: { ...valid.headers, 'Content-Type': mediaType }, body: wrong[1] };
  }
  if (operation.requestBody?.required !== true) return undefined;
  const { 'Content-Type': _, ...headers } = valid.headers;
  return { ...valid, headers, body: undefined };
}

function withWrongParameter(document: ContractDocument, material: Material): Request | undefined {
  const { parameters, bodies } = material;
  const typed = parameters.find(({ node }) => {
    const types = typesOf(document, node['schema']);
    return types.length > 0 && types.every((type) => ['integer', 'number', 'boolean', 'null'].includes(type));
  });
  if (!typed) return undefined;
  const others = parameters.filter((one) => one !== typed && isRequired(one.node));
  const wrong = { node: typed.node, value: 'no-such-value' };
  return requestOf(material, { parameters: [...valuesIn(others, 0), wrong], body: atMost(bodies, 0) });
}

/** A request written out; its credentials are those of the first alternative. */
export function requestOf(
  { operation, prefix, credentials }: Material,
  { parameters, body }: Choice,
): Request {
  const at = (location: string) => parameters.filter(({ node }) => node['in'] === location);
  const path = at('path').reduce(
    (whole, { node, value }) => whole.replaceAll(`{${String(node['name'])}}`, () => pathText(node, value)),
    operation.path,
  );
  const own = (location: string) => credentials.filter((credential) => credential.in === location);
  const pairs = (location: string): Pair[] => [
    ...at(location).flatMap(({ node, value }) => pairsOf(node, value)),
    ...own(location).map(({ name, value }) => [encodeURIComponent(name), encodeURIComponent(value)] as const),
  ];
  const query = pairs('query')
    .map((pair) => pair.join('='))
    .join('&');
  const cookie = pairs('cookie')
    .map((pair) => pair.join('='))
    .join('; ');
  return {
    method: operation.method,
    path: prefix + path + (query === '' ? '' : `?${query}`),
    headers: {
      ...Object.fromEntries(
        at('header').map(({ node, value }) => [String(node['name']), headerValue(node, value)]),
      ),
      ...Object.fromEntries(own('header').map(({ name, value }) => [name, value])),
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { 'Content-Type': body.mediaType }),
    },
    body: body?.bytes,
  };
}
