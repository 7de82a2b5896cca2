/** From bytes to a value: which media types an operation takes, and how each is read. */
import { hasBody } from './body-reader.ts';
import { decoderFor } from './body-encoding.ts';
import { binaryPlan, textPlan } from './body-bytes.ts';
import { formPlan, jsonPlan } from './body-value.ts';
import { fieldErrorAt } from './field-errors.ts';
import {
  kindOf,
  mostSpecific,
  sentMediaType,
  unsupportedEncoding,
  unsupportedMediaType,
} from './media-types.ts';
import { multipartPlan } from './multipart.ts';
import type { BodyPlan, BodyTools, DeclaredMedia, ParsedBody } from './body-plan.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument } from './document.ts';
import type { Exchange } from './exchange.ts';

export interface BodyParser {
  /** Reads and parses; throws 400, 408, 413, 415 and 422 problems. */
  parse(exchange: Exchange): Promise<ParsedBody>;
}

const noBody: ParsedBody = { value: undefined, contentType: undefined, validate: () => [] };
const missingBody: ParsedBody = {
  ...noBody,
  validate: () => [fieldErrorAt('body', '', { message: 'is required', type: 'required' })],
};

/** The parser for an operation; one without request body reads nothing. */
export function createBodyParser(
  document: ContractDocument,
  operation: DescribedOperation,
  tools: BodyTools,
): BodyParser {
  const declared = operation.requestBody;
  if (!declared) return { parse: () => Promise.resolve(noBody) };
  const absentBody = declared.required ? missingBody : noBody;
  const plans = bodyPlans(document, operation, tools);
  const mediaTypes = [...plans.keys()];
  const refuse = () => unsupportedMediaType(operation.method, mediaTypes);
  const refuseEncoding = () => unsupportedEncoding(operation.method, mediaTypes);
  return {
    async parse(exchange) {
      const { headers } = exchange;
      if (!hasBody(headers)) return absentBody;
      const { mediaType: contentType, isUtf8 } = sentMediaType(headers['content-type'], refuse);
      const plan = mostSpecific(plans, contentType);
      if (!plan || (plan.isText && !isUtf8)) throw refuse();
      const createDecoder = decoderFor(headers['content-encoding'], refuseEncoding);
      return (await plan.read(exchange, { contentType, createDecoder })) ?? absentBody;
    },
  };
}

function bodyPlans(
  document: ContractDocument,
  { id, requestBody }: DescribedOperation,
  tools: BodyTools,
): ReadonlyMap<string, BodyPlan> {
  const content = Object.entries(requestBody?.content ?? {});
  if (content.length === 0) tools.faults.add(id, 'takes a body of no media type');
  return new Map(
    content.map(([mediaType, media]) => {
      const refuse = (what: string) => tools.faults.add(id, `takes ${mediaType} ${what}`);
      const name = mediaType.toLowerCase();
      return [name, bodyPlan(name, { id, document, media, refuse }, tools)];
    }),
  );
}

/** A name of two parts, of which the last or both may stand for any. */
const mediaTypeOrRange = /^(?:\*\/\*|[^\s;,*/]+\/(?:\*|[^\s;,*/]+))$/;

function bodyPlan(mediaType: string, declared: DeclaredMedia, tools: BodyTools): BodyPlan {
  if (!mediaTypeOrRange.test(mediaType)) declared.refuse('which is no media type without parameters');
  const kind = kindOf(mediaType);
  if (kind === 'json') return jsonPlan(declared, tools);
  if (kind === 'form') return formPlan(declared, tools);
  if (mediaType === 'multipart/form-data') return multipartPlan(declared, tools);
  if (mediaType.startsWith('multipart/')) declared.refuse('which is not supported yet');
  return mediaType.startsWith('text/') ? textPlan(declared, tools) : binaryPlan(declared, tools);
}
