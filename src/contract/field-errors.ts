/** Turns Ajv's errors into the field errors of a 422: location, pointer, words, keyword. */
import { forbiddenKeyword } from './schema-keywords.ts';
import type { ErrorObject } from 'ajv';
import type { FieldError, FieldLocation } from './problem.ts';

/** More would help nobody and cost memory on hostile input. */
export const maxFieldErrors = 100;

const locations: Readonly<Record<string, FieldLocation>> = {
  path: 'path',
  query: 'query',
  header: 'header',
  cookie: 'cookie',
};

/** Errors of a body. */
export function bodyErrors(errors: readonly ErrorObject[]): FieldError[] {
  return useful(errors).map((error) => fieldError('body', pointerOf(error), error));
}

/** Errors of the decoded parameters, whose first pointer step is the location. */
export function parameterErrors(errors: readonly ErrorObject[]): FieldError[] {
  return useful(errors).map((error) => {
    const [, place = '', ...rest] = pointerOf(error).split('/');
    const pointer = rest.map((step) => `/${step}`).join('');
    return fieldError(locations[place] ?? 'query', pointer, error);
  });
}

/** A field error made by hand, for what no schema can say. */
export function fieldErrorAt(
  location: FieldLocation,
  pointer: string,
  { message, type }: { message: string; type: string },
): FieldError {
  const field = shortened(fieldName(location, pointer));
  return { field, pointer: shortened(pointer), in: location, message: shortened(message), type };
}

/** Names come from the client: a reply must not grow with them. */
const longestText = 300;

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  // Not in the middle of an escape or of a surrogate pair, which would no longer be valid.
  return text.slice(0, longestText - 1).replace(/(?:~|[\uD800-\uDBFF])$/, '') + '…';
}

/** `if` only repeats what its branch has already said. */
function useful(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors.filter(({ keyword }) => keyword !== 'if').slice(0, maxFieldErrors);
}

function fieldError(location: FieldLocation, pointer: string, error: ErrorObject): FieldError {
  return fieldErrorAt(location, pointer, { message: messageOf(location, error), type: typeOf(error) });
}

function fieldName(location: FieldLocation, pointer: string): string {
  const steps = pointer.split('/').slice(1).map(unescape);
  return [location, ...steps].join('.');
}

/** The pointer of a property from its object: `/` and the name, escaped. */
export function pointerTo(name: string): string {
  return `/${escape(name)}`;
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function escape(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Ajv points at the object; a client wants to know which property is missing or too many. */
function pointerOf({ instancePath, params }: ErrorObject): string {
  const property: unknown =
    params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  return typeof property === 'string' ? instancePath + pointerTo(property) : instancePath;
}

function typeOf({ keyword }: ErrorObject): string {
  return keyword === forbiddenKeyword ? 'readOnly' : keyword;
}

function messageOf(location: FieldLocation, error: ErrorObject): string {
  const written: unknown = error.parentSchema?.['x-message'];
  if (typeof written === 'string') return written;
  switch (error.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return location === 'body' ? 'is not a known property' : 'is not a known parameter';
    case forbiddenKeyword:
      return 'is set by the server';
    case 'false schema':
      return 'is not allowed';
    case 'enum':
      return `must be one of ${listOf(error.params['allowedValues'])}`;
  }
  return error.message ?? 'is not valid';
}

function listOf(values: unknown): string {
  return Array.isArray(values)
    ? values.map((value) => JSON.stringify(value)).join(', ')
    : 'the allowed values';
}
