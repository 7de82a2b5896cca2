/** Formats that a document names and the engine does not know: JSON Schema has them checked by nobody. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ContractDocument } from '#contract';
import { registerFormats } from '#contract/formats.ts';
import { isNode } from './node.ts';

/** Their names, each once. */
export function unknownFormats(document: ContractDocument): string[] {
  const ajv = new Ajv2020();
  registerFormats(ajv, []);
  const known = new Set(Object.keys(ajv.formats));
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
