/** The contract as plain JSON, read on its own: nothing here knows how the engine reads it. */
import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

export type Node = Readonly<Record<string, unknown>>;

export const prefix = '/api/v1';

/** Where ajv knows the contract; every `$ref` starts with it, so that a part can be compiled on its own. */
const base = 'https://contract.test/';

const document = asNode(JSON.parse(readFileSync('generated/openapi.json', 'utf8'), fromBase));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ ...document, $id: base });

function fromBase(key: string, value: unknown): unknown {
  return key === '$ref' ? `${base}${String(value)}` : value;
}

/** What is wrong with a value by a schema of the contract, in words; empty when it fits. */
export function schemaFaults(schema: Node, value: unknown): string {
  const validate = ajv.compile(schema);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** A schema of the contract by its name. */
export function schemaNamed(name: string): Node {
  return { $ref: `${base}#/components/schemas/${name}` };
}

/** The node itself, or what its `$ref` points to. */
export function follow(node: Node): Node {
  const { $ref } = node;
  if (typeof $ref !== 'string') return node;
  const steps = $ref.slice(base.length + 2).split('/');
  const target = steps.reduce((parent, step) => asNode(parent[step]), document);
  if (Object.keys(target).length === 0) throw new Error(`The contract has no ${$ref}`);
  return follow(target);
}

const nothing: Node = {};

/** An object as it is, so that ajv compiles each schema once; anything else as an empty one. */
export function asNode(value: unknown): Node {
  return isNode(value) ? value : nothing;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

export function asNodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.map(asNode) : [];
}

const routes = Object.entries(asNode(document['paths'])).map(([template, item]) => ({
  pattern: new RegExp(`^${prefix}${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  isLiteral: !template.includes('{'),
  operations: asNode(item),
}));

/** The operations of a path by their methods in lower case; undefined when the contract lacks the path. */
export function operationsAt(path: string): Node | undefined {
  const matching = routes.filter(({ pattern }) => pattern.test(path));
  return (matching.find(({ isLiteral }) => isLiteral) ?? matching[0])?.operations;
}
