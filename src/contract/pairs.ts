/** `a=1&b=2` of queries and forms, decoded by the rules of their names. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { slotFinder } from './pair-slots.ts';
import { decodeScalar, decodeValue, decodeWhole } from './parameter-values.ts';
import { decodeComponent } from './percent-encoding.ts';
import { badRequest } from './problem.ts';
import type { Slot } from './pair-slots.ts';
import type { ParameterRule } from './parameter-rules.ts';
import type { FieldError, FieldLocation } from './problem.ts';

export interface DecodedPairs {
  /** Names that no rule knows stay in it, as text: the schema refuses them. */
  readonly values: Record<string, unknown>;
  /** Names that were repeated and must not be. */
  readonly errors: readonly FieldError[];
}

/** More than any contract has parameters: hostile, and refused before it costs anything. */
const maxPairs = 1000;

const none: readonly FieldError[] = [];

/** Throws a 400 problem where a percent-encoding is malformed. */
export function createPairDecoder(
  rules: readonly ParameterRule[],
  location: FieldLocation,
): (text: string) => DecodedPairs {
  const slotOf = slotFinder(rules);
  // An object whose properties stand in the query by themselves is there, and may have defaults for all of them.
  const alwaysThere = rules.filter(({ layout, required }) => layout.spread === 'spread' && required);
  const objects = new Set(rules.flatMap(({ layout, name }) => (isSpread(layout) ? [name] : [])));
  return (text) => {
    if (text === '' && alwaysThere.length === 0) return { values: {}, errors: none };
    const values = Object.create(null) as Record<string, unknown>; // Clients choose the names.
    for (const { name } of alwaysThere) values[name] = Object.create(null);
    const errors: FieldError[] = [];
    for (const pair of pairsOf(text)) {
      const at = pair.indexOf('=');
      const name = decodeComponent(at < 0 ? pair : pair.slice(0, at));
      const raw = at < 0 ? '' : pair.slice(at + 1);
      const slot = slotOf(name);
      if (!slot && objects.has(name)) errors.push(fault(location, [name], misplaced));
      else if (!put(values, { name, slot, raw }))
        errors.push(fault(location, pointerSteps(name, slot), repeated));
    }
    return { values, errors };
  };
}

const repeated = { message: 'must be given only once', type: 'repeated' };
const misplaced = { message: 'must be given by its properties', type: 'style' };

function isSpread({ spread }: ParameterRule['layout']): boolean {
  return spread === 'spread' || spread === 'bracketed';
}

function fault(
  location: FieldLocation,
  steps: readonly string[],
  what: { message: string; type: string },
): FieldError {
  return fieldErrorAt(location, steps.map(pointerTo).join(''), what);
}

function pointerSteps(name: string, slot: Slot | undefined): string[] {
  return slot?.property === undefined ? [name] : [slot.rule.name, slot.property];
}

function pairsOf(text: string): string[] {
  const pairs = text.split('&', maxPairs + 1);
  if (pairs.length > maxPairs) throw badRequest(`More than ${maxPairs} parameters were given.`);
  return pairs.filter((pair) => pair !== '');
}

/** False where the name had a value and may have one only. */
function put(
  values: Record<string, unknown>,
  { name, slot, raw }: { name: string; slot: Slot | undefined; raw: string },
): boolean {
  if (!slot || slot.property === undefined) return putWhole(values, { name, slot, raw });
  const { rule, property, value } = slot;
  const object = (values[rule.name] ??= Object.create(null)) as Record<string, unknown>; // Only `put` fills these names, with objects.
  const earlier = object[property];
  if (earlier === undefined) object[property] = decodeValue(value, decodeComponent(raw));
  else if (Array.isArray(earlier)) earlier.push(decodeScalar(value.types, decodeComponent(raw)));
  else return false;
  return true;
}

function putWhole(
  values: Record<string, unknown>,
  { name, slot, raw }: { name: string; slot: Slot | undefined; raw: string },
): boolean {
  const earlier = values[name];
  if (slot?.isRepeatable && Array.isArray(earlier))
    earlier.push(decodeScalar(slot.value.types, decodeComponent(raw)));
  else if (earlier !== undefined) return false;
  else if (!slot) values[name] = decodeComponent(raw);
  else if (slot.isRepeatable) values[name] = decodeValue(slot.value, decodeComponent(raw));
  else values[name] = decodeWhole(slot.rule, raw, decodeComponent);
  return true;
}
