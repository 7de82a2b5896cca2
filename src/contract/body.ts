/** From bytes to a value: media type, charset, JSON or form, by what the operation declares. */
import { hasBody, readBody } from './body-reader.ts';
import { decoderFor } from './body-encoding.ts';
import { kindOf, sentMediaType, unsupportedEncoding, unsupportedMediaType } from './media-types.ts';
import { createFormDecoder } from './form.ts';
import { createJsonParser } from './json.ts';
import { plainDataErrors } from './plain-data.ts';
import { bodyErrors, fieldErrorAt } from './field-errors.ts';
import type { BodyLimits } from './body-arrival.ts';
import type { BodySource } from './body-reader.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument, MediaTypeObject } from './document.ts';
import type { FieldError } from './problem.ts';
import type { SchemaCompiler, Validator } from './validator.ts';

/** A body that was read but not yet validated. */
export interface ParsedBody {
  readonly value: unknown;
  validate(): readonly FieldError[];
}

export interface BodyParser {
  /** Reads and parses; throws 400, 408, 413, 415 problems. */
  parse(source: BodySource): Promise<ParsedBody>;
}

interface Tools {
  readonly compiler: SchemaCompiler;
  readonly faults: BootFaults;
  readonly limits: BodyLimits;
}

/** How the bodies of one media type become values. */
interface MediaPlan {
  parse(bytes: Buffer): { readonly value: unknown; readonly errors: readonly FieldError[] };
  readonly validator: Validator;
}

/**
 * Collecting every error of a body costs time and memory that grow with it. Above this size only the first
 * one is told.
 */
const longestExplainedBytes = 16 * 1024;

const noBody: ParsedBody = { value: undefined, validate: () => [] };
const missingBody: ParsedBody = {
  value: undefined,
  validate: () => [fieldErrorAt('body', '', { message: 'is required', type: 'required' })],
};

/** The parser for an operation; one without request body reads nothing. */
export function createBodyParser(
  document: ContractDocument,
  operation: DescribedOperation,
  tools: Tools,
): BodyParser {
  const declared = operation.requestBody;
  if (!declared) return { parse: () => Promise.resolve(noBody) };
  const absentBody = declared.required ? missingBody : noBody;
  const plans = mediaPlans(document, operation, tools);
  const mediaTypes = [...plans.keys()];
  const refuse = () => unsupportedMediaType(operation.method, mediaTypes);
  const refuseEncoding = () => unsupportedEncoding(operation.method, mediaTypes);
  return {
    async parse(source) {
      if (!hasBody(source.headers)) return absentBody;
      const plan = plans.get(sentMediaType(source.headers['content-type'], refuse));
      if (!plan) throw refuse();
      const createDecoder = decoderFor(source.headers['content-encoding'], refuseEncoding);
      const bytes = await readBody(source, tools.limits, createDecoder);
      return bytes.length === 0 ? absentBody : parsedBody(plan, bytes);
    },
  };
}

function parsedBody({ parse, validator }: MediaPlan, bytes: Buffer): ParsedBody {
  const { value, errors } = parse(bytes);
  const isExplained = bytes.length <= longestExplainedBytes;
  return {
    value,
    validate() {
      // Unsafe data first: validating it may be what hurts.
      const unsafe = plainDataErrors(value);
      if (unsafe.length > 0) return unsafe;
      if (validator.accepts(value)) return errors;
      return [...errors, ...bodyErrors(isExplained ? validator.everyError(value) : validator.firstError())];
    },
  };
}

function mediaPlans(
  document: ContractDocument,
  { id, requestBody }: DescribedOperation,
  tools: Tools,
): Map<string, MediaPlan> {
  const content = Object.entries(requestBody?.content ?? {});
  if (content.length === 0) tools.faults.add(id, 'takes a body of no media type');
  return new Map(
    content.map(([mediaType, media]) => [
      mediaType.toLowerCase(),
      mediaPlan(document, { id, mediaType, media }, tools),
    ]),
  );
}

function mediaPlan(
  document: ContractDocument,
  { id, mediaType, media }: { id: string; mediaType: string; media: MediaTypeObject },
  { compiler, faults, limits }: Tools,
): MediaPlan {
  const { schema, encoding } = media;
  const refuse = (what: string) => faults.add(id, `takes ${mediaType} ${what}`);
  const kind = kindOf(mediaType);
  if (!kind) refuse('which is not supported yet');
  if (schema === undefined) refuse('without a schema');
  if (encoding !== undefined) refuse('with an encoding, which is not supported yet');
  const decodeForm = kind === 'form' ? createFormDecoder(document, schema ?? true, refuse) : undefined;
  const parseJson = createJsonParser(limits.maxBytes);
  return {
    parse: decodeForm ?? ((bytes) => ({ value: parseJson(bytes), errors: none })),
    validator: compiler.compile(schema ?? true, id),
  };
}

const none: readonly FieldError[] = [];
