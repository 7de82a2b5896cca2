/** How deep a parameter that is JSON may be nested. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { maxDepth, tooDeep } from './plain-data.ts';
import { validationFailed } from './problem.ts';
import type { ParameterObject } from './document.ts';
import type { ParameterRule } from './parameter-rules.ts';

/** Throws a 422 for what would exhaust the stack of a validator. */
export function refuseDeep(
  location: ParameterObject['in'],
  rules: readonly ParameterRule[],
  values: Record<string, unknown>,
): void {
  for (const { name, isJson } of rules) {
    if (isJson && depthOf(values[name]) > maxDepth)
      throw validationFailed([fieldErrorAt(location, pointerTo(name), tooDeep)]);
  }
}

/** Of lists and objects inside each other; counts no further than one too many. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return depth;
  return Math.max(depth + 1, ...Object.values(value).map((child) => depthOf(child, depth + 1)));
}
