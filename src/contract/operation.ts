/** An operation made ready to serve: everything that can be worked out before the first request. */
import { createBodyParser } from './body.ts';
import { bodyLimitsOf } from './body-limits.ts';
import { createParameterDecoder } from './parameters.ts';
import { createReplyPlans } from './reply-plan.ts';
import { alternativesOf } from './security.ts';
import { socketPlan } from './socket.ts';
import type { BodyParser } from './body.ts';
import type { BodyPace } from './body-arrival.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument } from './document.ts';
import type { FileSinks } from './multipart-files.ts';
import type { ParameterDecoder } from './parameters.ts';
import type { ReplyPlans, ReplyTools } from './reply-plan.ts';
import type { Alternative } from './security.ts';
import type { SocketPlan } from './socket.ts';
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
  /** Of an operation that opens a socket. */
  readonly socket: SocketPlan | undefined;
}

interface Tools {
  readonly request: SchemaCompiler;
  readonly reply: Omit<ReplyTools, 'faults'>;
  readonly faults: BootFaults;
  readonly bodyPace: BodyPace;
  readonly fileSinks: FileSinks;
}

export function prepareOperation(
  document: ContractDocument,
  described: DescribedOperation,
  { request, reply, faults, bodyPace, fileSinks }: Tools,
): Operation {
  const limits = bodyLimitsOf(described, bodyPace, faults);
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
    bodyParser: createBodyParser(document, described, { compiler: request, faults, limits, fileSinks }),
    replies: createReplyPlans(document, described, { ...reply, faults }),
    socket: socketPlan(document, described, { request, reply, faults }),
  };
}
