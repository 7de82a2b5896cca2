/** Documents of others, read without trusting their shape. */
import { followed } from '#contract/reference.ts';
import type { ContractDocument } from '#contract';

export type Node = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one stands for everything else. */
export function asNode(value: unknown): Node {
  return isNode(value) ? value : {};
}

/** The value as a list; an empty one stands for everything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a node stands for once its `$ref`s are followed, as an object. */
export function target(document: ContractDocument, node: unknown): Node {
  return asNode(followed(document, node));
}

/** The methods that a path can have. */
export const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;
