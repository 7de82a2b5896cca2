/** The operations of the contract as an attacker reads them: `$ref`s followed, everything else as it stands. */
import { readFileSync } from 'node:fs';

export type Node = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Node;
}

export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** With the prefix of the server: `/api/v1/items/{item_id}`. */
  readonly path: string;
  readonly isSecured: boolean;
  readonly parameters: readonly Parameter[];
  /** Schemas of the request body by media type; empty without a body. */
  readonly bodies: ReadonlyMap<string, Node>;
  /** The first example of a JSON body. */
  readonly example: unknown;
  readonly statuses: readonly number[];
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'options', 'head', 'trace']);

const document = asNode(JSON.parse(readFileSync('generated/openapi.json', 'utf8')));
const prefix = String(asNodes(document['servers'])[0]?.['url']);

/** Every operation of `generated/openapi.json` but those that open a socket: test/hostile/sockets.test.ts attacks them. */
export const operations: readonly Operation[] = Object.entries(asNode(document['paths'])).flatMap(
  ([path, item]) =>
    Object.entries(asNode(item))
      .filter(([method, node]) => methods.has(method) && !('x-websocket' in asNode(node)))
      .map(([method, node]) => operationOf({ method, path, shared: asNode(item) }, resolved(asNode(node)))),
);

interface Place {
  readonly method: string;
  readonly path: string;
  readonly shared: Node;
}

function operationOf({ method, path, shared }: Place, node: Node): Operation {
  const security = asNodes(node['security'] ?? document['security']);
  const content = Object.entries(asNode(asNode(node['requestBody'])['content']));
  return {
    id: String(node['operationId']),
    method: method.toUpperCase(),
    path: prefix + path,
    isSecured: security.length > 0,
    parameters: [...asNodes(shared['parameters']), ...asNodes(node['parameters'])].map(parameterOf),
    bodies: new Map(content.map(([type, media]) => [type, asNode(asNode(media)['schema'])])),
    example: firstExample(asNode(Object.fromEntries(content)['application/json'])),
    statuses: Object.keys(asNode(node['responses'])).map(Number),
  };
}

function firstExample({ examples }: Node): unknown {
  return asNode(Object.values(asNode(examples))[0])['value'];
}

function parameterOf(node: Node): Parameter {
  const parameter = resolved(node);
  return {
    name: String(parameter['name']),
    in: String(parameter['in']),
    required: parameter['required'] === true,
    schema: asNode(parameter['schema']),
  };
}

/** The same with every `$ref` replaced by what it points to; what stands beside a `$ref` wins. */
function resolved(node: Node): Node {
  const { $ref, ...beside } = node;
  const own = Object.fromEntries(
    Object.entries(beside).map(([name, value]) => [name, resolvedValue(name, value)]),
  );
  return typeof $ref === 'string' ? { ...resolved(target($ref)), ...own } : own;
}

/** Responses are not followed: an attacker sends requests only. */
function resolvedValue(name: string, value: unknown): unknown {
  if (name === 'responses' || typeof value !== 'object' || value === null) return value;
  return Array.isArray(value)
    ? value.map((entry: unknown) => resolvedValue('', entry))
    : resolved(asNode(value));
}

function target($ref: string): Node {
  return $ref
    .slice(2)
    .split('/')
    .reduce((parent, step) => asNode(parent[step.replaceAll('~1', '/').replaceAll('~0', '~')]), document);
}

export function asNode(value: unknown): Node {
  return isNode(value) ? value : {};
}

export function asNodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.map(asNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** The types that a schema allows, also when it names one only. */
export function typesOf({ type, enum: values }: Node): readonly string[] {
  if (Array.isArray(type)) return type.map(String);
  if (typeof type === 'string') return [type];
  return Array.isArray(values) && values.every((value) => typeof value === 'string') ? ['string'] : [];
}
