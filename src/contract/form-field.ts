/** One field of a form or of a multipart body that is JSON. */
import { fieldErrorAt, pointerTo } from './field-errors.ts';
import { createJsonParser } from './json.ts';
import { Problem } from './problem.ts';
import type { FieldError } from './problem.ts';

/** Adds to `faults` where the text is not JSON. Throws a 413 or 422 problem for what would take long to parse. */
export type FieldParser = (name: string, text: string, faults: FieldError[]) => unknown;

export function createFieldParser(maxBytes: number): FieldParser {
  const parseJson = createJsonParser(maxBytes);
  return (name, text, faults) => {
    try {
      return parseJson(Buffer.from(text));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 400) throw error;
      faults.push(fieldErrorAt('body', pointerTo(name), { message: 'must be JSON', type: 'json' }));
      return text;
    }
  };
}
