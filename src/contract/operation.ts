/** An operation made ready to serve: everything that can be worked out before the first request. */
import { createBodyParser } from './body.ts';
import { createParameterDecoder } from './parameters.ts';
import { createReplyPlans } from './reply-plan.ts';
import { alternativesOf } from './security.ts';
import type { BodyParser } from './body.ts';
import type { BodyPace } from './body-arrival.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument } from './document.ts';
import type { ParameterDecoder } from './parameters.ts';
import type { ReplyPlans, ReplyTools } from './reply-plan.ts';
import type { Alternative } from './security.ts';
import type { SchemaCompiler, Validator } from './validator.ts';

export interface Operation extends DescribedOperation {
  /** The name that openapi-backend dispatches by; the same as `id`. */
  readonly operationId: string;
  /** Scheme names that the operation names, each once. */
  readonly schemes: readonly string[];
  /** One scheme in several alternatives; openapi-backend would run it once for each. */
  readonly namesSchemeTwice: boolean;
  /** `security`, ready to be decided. */
  readonly alternatives: readonly Alternative[];
  readonly parameterDecoder: ParameterDecoder;
  readonly parameterValidator: Validator;
  readonly bodyParser: BodyParser;
  readonly replies: ReplyPlans;
}

/** Bodies may grow to this unless the operation says otherwise with `x-max-body`. */
const defaultMaxBodyBytes = 1024 * 1024;

interface Tools {
  readonly request: SchemaCompiler;
  readonly reply: Omit<ReplyTools, 'faults'>;
  readonly faults: BootFaults;
  readonly bodyPace: BodyPace;
}

export function prepareOperation(
  document: ContractDocument,
  described: DescribedOperation,
  { request, reply, faults, bodyPace }: Tools,
): Operation {
  const limits = { maxBytes: maxBodyOf(described, faults), ...bodyPace };
  const parameterDecoder = createParameterDecoder(document, described, faults);
  const alternatives = alternativesOf(described.security);
  const schemes = alternatives.flatMap((alternative) => alternative.map(({ scheme }) => scheme));
  return {
    ...described,
    operationId: described.id,
    schemes: [...new Set(schemes)],
    namesSchemeTwice: new Set(schemes).size < schemes.length,
    alternatives,
    parameterDecoder,
    parameterValidator: request.compile(parameterDecoder.schema, described.id),
    bodyParser: createBodyParser(document, described, { compiler: request, faults, limits }),
    replies: createReplyPlans(document, described, { ...reply, faults }),
  };
}

function maxBodyOf({ id, extensions }: DescribedOperation, faults: BootFaults): number {
  const { 'x-max-body': maxBytes = defaultMaxBodyBytes } = extensions;
  if (typeof maxBytes === 'number' && Number.isSafeInteger(maxBytes) && maxBytes > 0) return maxBytes;
  faults.add(id, `has an x-max-body that is not a number of bytes: ${JSON.stringify(maxBytes)}`);
  return 0;
}
