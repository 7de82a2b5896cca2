/** Formats that a document names and the engine does not know: JSON Schema has them checked by nobody. */
import type { ContractDocument } from '#contract';
import { engineFormats } from '#contract/formats.ts';
import { isNode } from './node.ts';

/** Their names, each once. */
export function unknownFormats(document: ContractDocument): string[] {
  const known = new Set(Object.keys(engineFormats()));
  const found = new Set<string>();
  const stack: unknown[] = [document.paths, document.components];
  while (stack.length > 0) {
    const node = stack.pop();
    if (Array.isArray(node)) node.forEach((one: unknown) => stack.push(one));
    if (!isNode(node)) continue;
    const { format } = node;
    if (typeof format === 'string' && !known.has(format)) found.add(format);
    stack.push(...Object.values(node));
  }
  return [...found];
}
