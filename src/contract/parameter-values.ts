/** From the text of a parameter to its value. */
import { badRequest } from './problem.ts';
import type { ObjectRule, ParameterRule, ScalarType, ValueRule } from './parameter-rules.ts';

const strictInteger = /^-?(?:0|[1-9]\d{0,15})$/;
const strictNumber = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?$/;

/** Text that is not a strict form of any allowed type stays text, and the schema says what it should be. */
export function decodeScalar(types: readonly ScalarType[], text: string): unknown {
  for (const type of types) {
    if (type === 'integer' && strictInteger.test(text) && Number.isSafeInteger(Number(text)))
      return Number(text);
    if (type === 'number' && strictNumber.test(text)) return Number(text);
    if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    if (type === 'null' && text === '' && !types.includes('string')) return null;
  }
  return text;
}

/** One item of a list, or a scalar. */
export function decodeValue({ isArray, types }: ValueRule, text: string): unknown {
  return isArray ? [decodeScalar(types, text)] : decodeScalar(types, text);
}

/**
 * The value of a parameter that comes as one text. It is split before it is decoded, since an encoded delimiter
 * belongs to the value; unless no value can hold one, and clients that encode everything are understood too.
 */
export function decodeWhole(rule: ParameterRule, raw: string, decode: (piece: string) => string): unknown {
  const { isArray, object, isJson, name, types } = rule;
  if (isJson) return parsed(name, decode(raw));
  if (!isArray && !object) return decodeScalar(types, decode(raw));
  const pieces = piecesOf(rule, raw, decode);
  return object
    ? objectOf(object, pairedUp(rule, pieces))
    : pieces.map((piece) => decodeScalar(types, piece));
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest(`The parameter ${name} is not valid JSON.`, cause);
  }
}

/** Decoded. How many there may be is for the schema to say: their text is bounded already. */
function piecesOf(
  { layout, splitsEncoded }: ParameterRule,
  raw: string,
  decode: (piece: string) => string,
): string[] {
  if (raw === '') return [];
  const { delimiter } = layout;
  const text = delimiter === '%20' ? raw.replaceAll('+', '%20') : raw;
  if (splitsEncoded) return decode(text).split(delimiter === '%20' ? ' ' : delimiter);
  // Browsers encode a bar.
  return (delimiter === '|' ? text.replaceAll(/%7C/gi, '|') : text).split(delimiter).map(decode);
}

/** `a,1,b,2` or `a=1,b=2`; undefined where it is neither. */
function pairedUp(
  { layout }: ParameterRule,
  pieces: readonly string[],
): [name: string, text: string][] | undefined {
  if (layout.hasEquals) {
    const pairs = pieces.map((piece): [string, string] => {
      const at = piece.indexOf('=');
      return at < 0 ? [piece, ''] : [piece.slice(0, at), piece.slice(at + 1)];
    });
    return pairs;
  }
  if (pieces.length % 2 > 0) return undefined;
  return Array.from({ length: pieces.length / 2 }, (_, index) => [
    pieces[2 * index] ?? '',
    pieces[2 * index + 1] ?? '',
  ]);
}

/** Text where the pieces make no object, so that the schema says what it should be. */
function objectOf(rule: ObjectRule, pairs: readonly [string, string][] | undefined): unknown {
  if (!pairs) return '';
  const object = Object.create(null) as Record<string, unknown>; // Clients choose the names.
  for (const [name, text] of pairs) {
    if (Object.hasOwn(object, name)) return ''; // Which of the two was meant?
    object[name] = decodeProperty(rule, name, text);
  }
  return object;
}

/** One property of an object, or one item of it. */
export function decodeProperty({ properties, others }: ObjectRule, name: string, text: string): unknown {
  const rule = properties.get(name) ?? others;
  return rule ? decodeValue(rule, text) : text;
}
