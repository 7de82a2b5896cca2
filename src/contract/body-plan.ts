/** What every kind of body has in common: read it, then tell what is wrong with it. */
import { bodyErrors } from './field-errors.ts';
import type { Transform } from 'node:stream';
import type { BodyLimits } from './body-arrival.ts';
import type { BootFaults } from './boot-faults.ts';
import type { ContractDocument, JsonSchema, MediaTypeObject } from './document.ts';
import type { Exchange } from './exchange.ts';
import type { FileSinks, Upload } from './multipart-files.ts';
import type { FieldError } from './problem.ts';
import type { SchemaCompiler, Validator } from './validator.ts';

/** A body that was read but not yet validated. */
export interface ParsedBody {
  readonly value: unknown;
  /** The media type that was sent, lower case, without parameters; undefined without a body. */
  readonly contentType: string | undefined;
  /** The files that came with it; they are discarded unless somebody keeps them. */
  readonly upload?: Upload;
  validate(): readonly FieldError[];
}

/** How the bodies of one media type become values. */
export interface BodyPlan {
  /** True where a charset other than UTF-8 is refused. */
  readonly isText: boolean;
  /** Undefined where not a byte came. Throws 400, 408, 413 and 422 problems. */
  read(exchange: Exchange, sent: SentBody): Promise<ParsedBody | undefined>;
}

/** What the headers say of a body. */
export interface SentBody {
  readonly contentType: string;
  readonly createDecoder: (() => Transform) | undefined;
}

export interface BodyTools {
  readonly compiler: SchemaCompiler;
  readonly faults: BootFaults;
  readonly limits: BodyLimits;
  readonly fileSinks: FileSinks;
}

/** One media type of an operation, as the contract has it. */
export interface DeclaredMedia {
  readonly id: string;
  readonly document: ContractDocument;
  readonly media: MediaTypeObject;
  /** Hears why it cannot be served. */
  refuse(what: string): void;
}

/** The schema of a media type that must have one. */
export function requiredSchema({ media: { schema }, refuse }: DeclaredMedia): JsonSchema {
  if (schema === undefined) refuse('without a schema');
  return schema ?? true;
}

/**
 * Collecting every error of a body costs time and memory that grow with it. Above this size only the first
 * one is told.
 */
const longestExplainedBytes = 16 * 1024;

/** Faults of a value made of `size` bytes; `errors` are those that were found on the way. */
export function valueErrors(
  validator: Validator,
  value: unknown,
  { size, errors }: { size: number; errors: readonly FieldError[] },
): readonly FieldError[] {
  if (validator.accepts(value)) return errors;
  const isExplained = size <= longestExplainedBytes;
  return [...errors, ...bodyErrors(isExplained ? validator.everyError(value) : validator.firstError())];
}
