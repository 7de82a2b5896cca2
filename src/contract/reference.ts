/** Follows the local `$ref`s of a document. */
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument, Reference } from './document.ts';

/** References that lead from one to the next; more is a circle. */
const maxHops = 50;

/** Follows local `$ref`s; a broken one is a fault and yields an empty object. */
export function resolve<T extends object>(
  document: ContractDocument,
  node: T | Reference,
  { id, faults }: { id: string; faults: BootFaults },
): T {
  const found = followed(document, node);
  if (typeof found === 'object' && found !== null) return found as T; // The linter vouches for its shape.
  faults.add(id, `has a $ref that leads nowhere: ${isReference(node) ? node.$ref : JSON.stringify(node)}`);
  return Object.create(null) as T; // The fault ends the boot; the value only lets the check go on.
}

/** What a node stands for once its `$ref`s are followed; undefined where they lead nowhere or in a circle. */
export function followed(document: ContractDocument, node: unknown): unknown {
  let current = node;
  for (let hops = 0; isReference(current); hops += 1) {
    if (hops === maxHops) return undefined;
    current = lookUp(document, current.$ref);
  }
  return current;
}

/** The node at a local JSON pointer (`#/components/…`), or undefined. */
export function lookUp(document: ContractDocument, ref: string): unknown {
  if (!ref.startsWith('#/')) return undefined;
  return stepsOf(ref).reduce<unknown>((node, step) => {
    const isContainer = typeof node === 'object' && node !== null && Object.hasOwn(node, step);
    return isContainer ? (node as Record<string, unknown>)[step] : undefined; // hasOwn proved the key.
  }, document);
}

/** The keys that a local `$ref` names, one after the other. */
export function stepsOf(ref: string): string[] {
  return ref.slice(2).split('/').map(unescapePointer);
}

export function isReference(node: unknown): node is Reference {
  return typeof node === 'object' && node !== null && '$ref' in node && typeof node.$ref === 'string';
}

function unescapePointer(step: string): string {
  return percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Names nothing, and is reported as such.
  }
}
