/** The fields of a multipart body, from text to values by the rules of their parts. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { createFieldParser } from './form-field.ts';
import { decodeScalar } from './parameter-values.ts';
import { badRequest } from './problem.ts';
import type { Fields } from './multipart-reader.ts';
import type { FieldRule, PartRule, PartRules } from './multipart-parts.ts';
import type { FieldError } from './problem.ts';

export interface DecodedFields {
  /** Names that no rule knows stay in it, as text: the schema refuses them. */
  readonly values: Record<string, unknown>;
  readonly errors: FieldError[];
  /** Of all texts together. */
  readonly size: number;
}

/** Throws a 400 problem for text that is not in the charset that its part names, or UTF-8. */
export function createFieldDecoder(
  { byName }: PartRules,
  maxBytes: number,
): (fields: Fields) => DecodedFields {
  const parseField = createFieldParser(maxBytes);
  return (fields) => {
    const values = Object.create(null) as Record<string, unknown>; // Clients choose the names.
    const errors: FieldError[] = [];
    let size = 0;
    const decode = ({ kind, types }: Omit<FieldRule, 'isArray'>, name: string, text: string) => {
      size += text.length;
      return kind === 'json' ? parseField(name, text, errors) : decodeScalar(types, text);
    };
    for (const [name, given] of Object.entries(fields)) {
      const rule = byName.get(name) ?? unknownField;
      const texts = [given].flat().map(decodedText);
      const fault = faultOf(rule, texts);
      if (fault) errors.push(fieldErrorAt('body', pointerTo(name), fault));
      else if (rule.kind !== 'file') {
        const decoded = texts.map((text) => decode(rule, name, text));
        values[name] = rule.isArray ? decoded : decoded[0];
      }
    }
    return { values, errors, size };
  };
}

const unknownField: FieldRule = { kind: 'field', isArray: false, types: [] };

function faultOf({ kind, isArray }: PartRule, texts: readonly string[]) {
  // An input for a file that was left empty comes as an empty text.
  if (kind === 'file')
    return texts.some((text) => text !== '') ? { message: 'must be a file', type: 'file' } : undefined;
  return texts.length > 1 && !isArray ? { message: 'must be given only once', type: 'repeated' } : undefined;
}

/** What the parser puts where the bytes are not in their charset. */
const replacement = '\uFFFD';

function decodedText(text: string | undefined): string {
  if (text === undefined) throw badRequest('A part of the body is in a charset that is not supported.');
  if (text.includes(replacement)) throw badRequest('The body is not valid UTF-8.');
  return text;
}
