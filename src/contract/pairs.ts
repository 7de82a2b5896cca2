/** `a=1&b=2` of queries and forms, decoded by the rules of their names. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { decodeScalar } from './parameter-values.ts';
import { decodeComponent } from './percent-encoding.ts';
import { badRequest } from './problem.ts';
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
  const rulesByName = new Map(rules.map((rule) => [rule.name, rule]));
  return (text) => {
    if (text === '') return { values: {}, errors: none };
    const values = Object.create(null) as Record<string, unknown>; // Clients choose the names.
    const errors: FieldError[] = [];
    for (const pair of pairsOf(text)) {
      const at = pair.indexOf('=');
      const name = decodeComponent(at < 0 ? pair : pair.slice(0, at));
      const raw = at < 0 ? '' : pair.slice(at + 1);
      const rule = rulesByName.get(name);
      const earlier = values[name];
      if (earlier === undefined) values[name] = decodeValue(rule, raw);
      else if (isRepeatable(rule) && Array.isArray(earlier)) earlier.push(...decodeList(rule, raw));
      else
        errors.push(
          fieldErrorAt(location, pointerTo(name), { message: 'must be given only once', type: 'repeated' }),
        );
    }
    return { values, errors };
  };
}

function pairsOf(text: string): string[] {
  const pairs = text.split('&', maxPairs + 1);
  if (pairs.length > maxPairs) throw badRequest(`More than ${maxPairs} parameters were given.`);
  return pairs.filter((pair) => pair !== '');
}

function decodeValue(rule: ParameterRule | undefined, raw: string): unknown {
  return rule?.isArray ? decodeList(rule, raw) : decodeScalar(rule?.types ?? [], decodeComponent(raw));
}

function isRepeatable(rule: ParameterRule | undefined): rule is ParameterRule {
  return rule?.isArray === true && rule.delimiter === undefined;
}

/** Split before decoding: an encoded delimiter belongs to the value. */
function decodeList({ delimiter, types }: ParameterRule, raw: string): unknown[] {
  if (delimiter === undefined) return [decodeScalar(types, decodeComponent(raw))];
  if (raw === '') return [];
  return delimited(raw, delimiter).map((part) => decodeScalar(types, decodeComponent(part)));
}

/** Browsers encode a bar, and write a space in two ways. */
function delimited(raw: string, delimiter: string): string[] {
  if (delimiter === '%20') return raw.replaceAll('+', '%20').split('%20');
  if (delimiter === '|') return raw.replaceAll(/%7C/gi, '|').split('|');
  return raw.split(delimiter);
}
