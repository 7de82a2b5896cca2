/** What JSON allows and a database or a stack does not: deep nesting, NUL, broken Unicode, `__proto__`, infinity. */
import { fieldErrorAt, maxFieldErrors, pointerTo } from './field-errors.ts';
import type { FieldError } from './problem.ts';

/** Of lists and objects inside each other; also bounds the recursion below. */
export const maxDepth = 32;

export const tooDeep = { message: `must not be nested deeper than ${maxDepth} levels`, type: 'depth' };

/** The way from the body to a value: property names and indexes. */
type Steps = (string | number)[];

/** Faults of a parsed body that no schema needs to say. Spends memory on faults only. */
export function plainDataErrors(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  visit(body, [], errors);
  return errors;
}

function visit(value: unknown, steps: Steps, errors: FieldError[]): void {
  if (errors.length >= maxFieldErrors) return;
  if (typeof value === 'string') {
    if (isUnsafeText(value)) report({ errors, steps }, 'must not contain NUL or broken Unicode', 'text');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) report({ errors, steps }, 'must be a finite number', 'number');
  } else if (typeof value === 'object' && value !== null) {
    if (steps.length >= maxDepth) report({ errors, steps }, tooDeep.message, tooDeep.type);
    else if (Array.isArray(value)) visitItems(value, steps, errors);
    else visitProperties(value, steps, errors);
  }
}

function visitItems(items: readonly unknown[], steps: Steps, errors: FieldError[]): void {
  for (let index = 0; index < items.length; index += 1) {
    steps.push(index);
    visit(items[index], steps, errors);
    steps.pop();
  }
}

function visitProperties(container: object, steps: Steps, errors: FieldError[]): void {
  // Not `for … in` nor Object.entries: the one meets inherited keys, the other makes a list of lists.
  for (const key of Object.keys(container)) {
    if (isUnsafeText(key)) {
      report({ errors, steps }, 'has a property name with NUL or broken Unicode', 'text');
      continue;
    }
    steps.push(key);
    if (key === '__proto__') report({ errors, steps }, 'is not a known property', 'additionalProperties');
    else visit((container as Record<string, unknown>)[key], steps, errors); // It is one of its own keys.
    steps.pop();
  }
}

function report(
  { errors, steps }: { errors: FieldError[]; steps: Steps },
  message: string,
  type: string,
): void {
  if (errors.length >= maxFieldErrors) return;
  const pointer = steps.map((step) => pointerTo(String(step))).join('');
  errors.push(fieldErrorAt('body', pointer, { message, type }));
}

/** PostgreSQL stores neither NUL nor lone surrogates. */
export function isUnsafeText(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
