/** What an operation may answer, per status: media type, headers, body. */
import { headerPlan } from './reply-headers.ts';
import { kindOf } from './media-types.ts';
import { resolve } from './reference.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument, MediaTypeObject, ResponseObject } from './document.ts';
import type { Projection } from './projection.ts';
import type { Projector } from './projectors.ts';
import type { HeaderPlan } from './reply-headers.ts';
import type { SchemaCompiler, Validator } from './validator.ts';

export interface BodyPlan {
  readonly mediaType: string;
  readonly project: Projector;
  readonly validator: Validator;
}

export interface ReplyPlan {
  /** Undefined where the response has no content. */
  readonly body: BodyPlan | undefined;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, HeaderPlan>;
  readonly requiredHeaders: readonly HeaderPlan[];
}

export interface ReplyPlans {
  /** The plan for a status: exact, then its range (`4XX`), then `default`. */
  find(status: number): ReplyPlan | undefined;
  /** Media types of the successes, for 406. */
  readonly mediaTypes: readonly string[];
}

export interface ReplyTools {
  readonly compiler: SchemaCompiler;
  readonly projection: Projection;
  readonly faults: BootFaults;
}

const statusKey = /^(?:[1-5]\d\d|[1-5]XX|DEFAULT)$/;
/** HTTP ends these replies after their headers. */
const bodiless = new Set(['204', '205', '304']);

export function createReplyPlans(
  document: ContractDocument,
  { id, responses }: DescribedOperation,
  tools: ReplyTools,
): ReplyPlans {
  const plans = new Map(
    Object.entries(responses).map(([status, response]) => [
      status.toUpperCase(),
      replyPlan(document, { id, status: status.toUpperCase(), response }, tools),
    ]),
  );
  if (plans.size === 0) tools.faults.add(id, 'documents no response');
  return { find: (status) => planFor(plans, status), mediaTypes: mediaTypesOf(plans) };
}

function planFor(plans: ReadonlyMap<string, ReplyPlan>, status: number): ReplyPlan | undefined {
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  return plans.get(String(status)) ?? plans.get(`${Math.trunc(status / 100)}XX`) ?? plans.get('DEFAULT');
}

/** `default` counts only where no success is documented: beside one, it describes the failures. */
function mediaTypesOf(plans: ReadonlyMap<string, ReplyPlan>): string[] {
  const successes = [...plans].filter(([status]) => status.startsWith('2'));
  const list = successes.length > 0 ? successes : [...plans].filter(([status]) => status === 'DEFAULT');
  return [...new Set(list.flatMap(([, { body }]) => (body ? [body.mediaType] : [])))];
}

function replyPlan(
  document: ContractDocument,
  { id, status, response }: { id: string; status: string; response: ResponseObject },
  tools: ReplyTools,
): ReplyPlan {
  if (!statusKey.test(status)) tools.faults.add(id, `documents the status ${status}, which there is not`);
  const where = `${id} (${status})`;
  const headers = Object.entries(response.headers ?? {})
    .filter(([name]) => name.toLowerCase() !== 'content-type') // OpenAPI: its definition is to be ignored.
    .map(([name, node]) => {
      const header = resolve(document, node, { id, faults: tools.faults });
      return headerPlan(document, { name, header, where }, tools);
    });
  return {
    body: bodyPlan({ id, status, content: response.content ?? {} }, tools),
    headers: new Map(headers.map((header) => [header.name.toLowerCase(), header])),
    requiredHeaders: headers.filter(({ required }) => required),
  };
}

function bodyPlan(
  { id, status, content }: { id: string; status: string; content: Readonly<Record<string, MediaTypeObject>> },
  { compiler, projection, faults }: ReplyTools,
): BodyPlan | undefined {
  const [entry, ...others] = Object.entries(content);
  if (!entry) return undefined;
  const [mediaType, { schema }] = entry;
  const refuse = (what: string) => faults.add(id, `answers ${status} ${what}`);
  if (bodiless.has(status)) refuse('with content, which HTTP does not allow');
  if (others.length > 0) refuse('in more than one media type, which is not supported yet');
  if (kindOf(mediaType) !== 'json') refuse(`as ${mediaType}, which is not supported yet`);
  if (schema === undefined) refuse(`as ${mediaType} without a schema`);
  const where = `${id} (${status})`;
  return {
    mediaType,
    project: projection(schema ?? true, where),
    validator: compiler.compile(schema ?? true, where),
  };
}
