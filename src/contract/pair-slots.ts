/** Where a pair of a query or form goes: to a parameter, or to a property of one that is an object. */
import type { ParameterRule, ValueRule } from './parameter-rules.ts';

export interface Slot {
  readonly rule: ParameterRule;
  /** The property of an object; undefined: the pair is the parameter's whole value, or an item of it. */
  readonly property: string | undefined;
  readonly value: ValueRule;
  /** False where the pair is the value, whatever came before. */
  readonly isRepeatable: boolean;
}

/** Finds the slot of a name. Undefined: the contract does not know it. */
export type SlotFinder = (name: string) => Slot | undefined;

const text: ValueRule = { isArray: false, types: [] };

export function slotFinder(rules: readonly ParameterRule[]): SlotFinder {
  const slots = new Map(rules.flatMap(slotsOf));
  const bracketed = new Map(
    rules.flatMap((rule) => (rule.layout.spread === 'bracketed' ? [[rule.name, rule] as const] : [])),
  );
  const open = rules.find((rule) => rule.layout.spread === 'spread' && rule.object?.others);
  return (name) => {
    const known = slots.get(name);
    if (known) return known;
    const inBrackets = bracketed.size === 0 ? undefined : bracketedSlot(bracketed, name);
    return inBrackets ?? (open && propertySlot(open, name));
  };
}

/** Names that two parameters would take; in which of them a pair belongs could not be told. */
export function sharedNames(rules: readonly ParameterRule[]): string[] {
  const names = rules.flatMap(slotsOf).map(([name]) => name);
  const openRules = rules.filter(({ layout, object }) => layout.spread === 'spread' && object?.others);
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index),
    ...openRules.slice(1).map(({ name }) => name),
  ];
}

function slotsOf(rule: ParameterRule): (readonly [string, Slot])[] {
  const { name, layout, object } = rule;
  if (layout.spread === 'bracketed') return [];
  if (layout.spread === 'spread')
    return [...(object?.properties.keys() ?? [])].map((property) => [property, propertySlot(rule, property)]);
  return [[name, { rule, property: undefined, value: rule, isRepeatable: layout.spread === 'repeated' }]];
}

function propertySlot(rule: ParameterRule, property: string): Slot {
  const value = rule.object?.properties.get(property) ?? rule.object?.others ?? text;
  return { rule, property, value, isRepeatable: value.isArray };
}

/** `filter[title]`, and for lists also `filter[tags][]`. */
function bracketedSlot(rules: ReadonlyMap<string, ParameterRule>, name: string): Slot | undefined {
  const at = name.indexOf('[');
  const rule = at > 0 ? rules.get(name.slice(0, at)) : undefined;
  if (!rule) return undefined;
  const inside = name.slice(at);
  const end = inside.endsWith('][]') ? inside.length - 3 : inside.length - 1;
  const property = inside.slice(1, end);
  if (inside[end] !== ']' || property === '' || /[[\]]/.test(property)) return undefined;
  const slot = propertySlot(rule, property);
  return end === inside.length - 1 || slot.isRepeatable ? slot : undefined;
}
