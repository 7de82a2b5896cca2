/** The contract as a list of operations, with everything followed that a sweep asks for. */
import { readFileSync } from 'node:fs';
import { asNode, asNodes, follow, operationsAt, prefix } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';

export interface Example {
  readonly name: string;
  readonly value: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  /** `false` joins the values of a list by commas; otherwise each has its own name. */
  readonly explode: boolean;
  readonly schema: Node;
  readonly examples: readonly Example[];
}

/** A body of a request or of a reply in one media type. */
export interface Content {
  readonly mediaType: string;
  readonly schema: Node;
  readonly examples: readonly Example[];
}

export interface DocumentedReply {
  readonly status: number;
  readonly contents: readonly Content[];
}

export interface Operation {
  readonly id: string;
  readonly tag: string;
  /** Upper case. */
  readonly method: string;
  /** With its placeholders, below the prefix. */
  readonly path: string;
  /** Alternatives of schemes with their scopes; none at all: nobody is asked. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly access: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly bodies: readonly Content[];
  readonly maxBody: number;
  readonly isIdempotent: boolean;
  /** Answers 101 and becomes a socket. */
  readonly opensSocket: boolean;
  readonly replies: readonly DocumentedReply[];
}

const document: Node = asNode(JSON.parse(readFileSync('generated/openapi.json', 'utf8')));

/** The limit of a body where the operation names none. */
const defaultMaxBody = 1_048_576;

const methods = ['get', 'put', 'post', 'patch', 'delete'];

export const paths = Object.keys(asNode(document['paths']));

/** Every operation of the contract, in its order. */
export const operations: readonly Operation[] = paths.flatMap((path) => {
  const item = asNode(operationsAt(prefix + path));
  return methods.filter((method) => method in item).map((method) => operationOf(item, { path, method }));
});

/** Throws where the contract lacks it. */
export function operationNamed(id: string): Operation {
  const operation = operations.find((one) => one.id === id);
  if (!operation) throw new Error(`The contract has no operation ${id}`);
  return operation;
}

/** The methods that a path has, in upper case. */
export function methodsOf(path: string): string[] {
  return operations.filter((operation) => operation.path === path).map(({ method }) => method);
}

/** A named example of the contract, wherever it is used. */
export function exampleValue(name: string): Node {
  return asNode(asNode(asNode(asNode(document['components'])['examples'])[name])['value']);
}

/** An extension at the top of the document or of one of its schemas. */
export function documentPart(...steps: readonly string[]): Node {
  return steps.reduce((node, step) => asNode(node[step]), document);
}

export function replyOf(operation: Operation, status: number): DocumentedReply | undefined {
  return operation.replies.find((reply) => reply.status === status);
}

/** Those that document this status, as rows of a `test.each`. */
export function documenting(status: number): readonly Operation[] {
  return operations.filter((operation) => replyOf(operation, status));
}

function operationOf(item: Node, { path, method }: { path: string; method: string }): Operation {
  const node = asNode(item[method]);
  const { operationId, tags, security = document['security'] } = node;
  const access = node['x-access'];
  return {
    id: String(operationId),
    tag: Array.isArray(tags) ? String(tags[0]) : '',
    method: method.toUpperCase(),
    path,
    security: asNodes(security).map(scopesByScheme),
    access: typeof access === 'string' ? access : undefined,
    parameters: [...asNodes(item['parameters']), ...asNodes(node['parameters'])].map(parameterOf),
    bodies: contentsOf(follow(asNode(node['requestBody']))),
    maxBody: Number(node['x-max-body'] ?? defaultMaxBody),
    isIdempotent: node['x-idempotent'] === true,
    opensSocket: 'x-websocket' in node,
    replies: Object.entries(asNode(node['responses'])).map(replyIn),
  };
}

function scopesByScheme(requirement: Node): Record<string, readonly string[]> {
  const scopes = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return Object.fromEntries(Object.entries(requirement).map(([scheme, value]) => [scheme, scopes(value)]));
}

function parameterOf(node: Node): Parameter {
  const parameter = follow(node);
  const { name, required, explode = true, schema } = parameter;
  return {
    name: String(name),
    in: String(parameter['in']),
    isRequired: required === true,
    explode: explode === true,
    schema: follow(asNode(schema)),
    examples: examplesOf(parameter),
  };
}

function replyIn([status, node]: [string, unknown]): DocumentedReply {
  return { status: Number(status), contents: contentsOf(follow(asNode(node))) };
}

function contentsOf({ content }: Node): Content[] {
  return Object.entries(asNode(content)).map(([mediaType, node]) => ({
    mediaType,
    schema: asNode(asNode(node)['schema']),
    examples: examplesOf(asNode(node)),
  }));
}

function examplesOf({ examples }: Node): Example[] {
  return Object.entries(asNode(examples)).map(([name, node]) => ({
    name,
    value: follow(asNode(node))['value'],
  }));
}
