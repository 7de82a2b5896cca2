/** Bodies that are not taken apart: a text is a string, everything else is a Buffer. */
import { readBody } from './body-reader.ts';
import { valueErrors } from './body-plan.ts';
import { fieldErrorAt } from './field-errors.ts';
import { decodeUtf8 } from './json.ts';
import { plainDataErrors } from './plain-data.ts';
import { followed } from './reference.ts';
import { typesOf } from './schema-types.ts';
import type { BodyPlan, BodyTools, DeclaredMedia } from './body-plan.ts';
import type { ContractDocument } from './document.ts';
import type { FieldError } from './problem.ts';

/** `text/*`: UTF-8, and what its schema says. */
export function textPlan(declared: DeclaredMedia, { compiler, limits }: BodyTools): BodyPlan {
  const { document, id, media, refuse } = declared;
  refuseEncoding(declared);
  if (typesOf(document, media.schema).some((type) => type !== 'string'))
    refuse('with a schema of something else than a string');
  const validator = compiler.compile(media.schema ?? true, id);
  return {
    isText: true,
    async read(exchange, { contentType, createDecoder }) {
      const bytes = await readBody(exchange, limits, createDecoder);
      if (bytes.length === 0) return undefined;
      const value = decodeUtf8(bytes);
      const errors = plainDataErrors(value);
      const validate = () => valueErrors(validator, value, { size: bytes.length, errors });
      return { value, contentType, validate };
    },
  };
}

/** Any other media type: the bytes as they are, `maxLength` and `minLength` counted in bytes. */
export function binaryPlan(declared: DeclaredMedia, { limits }: BodyTools): BodyPlan {
  const { document, media, refuse } = declared;
  refuseEncoding(declared);
  if (media.schema !== undefined && !isBinary(document, media.schema))
    refuse('with a schema that is not binary: its body would have to be taken apart, which is not supported');
  const { minBytes, maxBytes } = byteLimitsOf(document, media.schema);
  return {
    isText: false,
    async read(exchange, { contentType, createDecoder }) {
      const value = await readBody(exchange, limits, createDecoder);
      if (value.length === 0) return undefined;
      return { value, contentType, validate: () => lengthErrors(value.length, '', { minBytes, maxBytes }) };
    },
  };
}

export interface ByteLimits {
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** `minLength` and `maxLength` of a schema, which for bytes mean their number. */
export function byteLimitsOf(document: ContractDocument, node: unknown): ByteLimits {
  const { minLength, maxLength } = { ...asObject(followed(document, node)) };
  return {
    minBytes: typeof minLength === 'number' ? minLength : 0,
    maxBytes: typeof maxLength === 'number' ? maxLength : Infinity,
  };
}

/** Faults in the number of bytes at a place of the body. */
export function lengthErrors(
  size: number,
  pointer: string,
  { minBytes, maxBytes }: ByteLimits,
): readonly FieldError[] {
  const fault = (words: string, type: string) => [
    fieldErrorAt('body', pointer, { message: `must be ${words}`, type }),
  ];
  if (size > maxBytes) return fault(`${maxBytes} bytes long at most`, 'maxLength');
  return size < minBytes ? fault(`${minBytes} bytes long at least`, 'minLength') : [];
}

/** OpenAPI writes bytes as nothing at all, as `format: binary` (3.0) or by their `contentMediaType` (3.1). */
function isBinary(document: ContractDocument, node: unknown): boolean {
  const schema = asObject(followed(document, node));
  if (node === true || Object.keys(schema).every(isRemark)) return true;
  if (typesOf(document, schema).some((type) => type !== 'string') || 'contentEncoding' in schema)
    return false;
  return schema['format'] === 'binary' || 'contentMediaType' in schema;
}

function isRemark(keyword: string): boolean {
  return ['title', 'description', 'example', 'examples'].includes(keyword) || keyword.startsWith('x-');
}

function asObject(node: unknown): Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : {}; // Any object can be read.
}

function refuseEncoding({ media, refuse }: DeclaredMedia): void {
  if (media.encoding !== undefined) refuse('with an encoding, which only forms have');
}
