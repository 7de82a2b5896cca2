/** From the text of a parameter to its value. */
import type { ParameterRule, ScalarType } from './parameter-rules.ts';

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

/** The value of a parameter that comes as one decoded text: in a path or a header. */
export function decodeText({ isArray, types }: ParameterRule, text: string): unknown {
  if (!isArray) return decodeScalar(types, text);
  return text === '' ? [] : text.split(',').map((item) => decodeScalar(types, item.trim()));
}
