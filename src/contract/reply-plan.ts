/** What an operation may answer, per status: media type, headers, body. */
import { bodyPlan } from './reply-content.ts';
import { framingHeaders, headerPlans } from './reply-headers.ts';
import { isSocketOperation } from './socket.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument, ResponseObject } from './document.ts';
import type { Offer } from './negotiation.ts';
import type { Projection } from './projection.ts';
import type { BodyPlan, Place } from './reply-content.ts';
import type { HeaderPlan } from './reply-header-plan.ts';
import type { SchemaCompiler } from './validator.ts';

export interface ReplyPlan {
  /** One for each media type, in the contract's order. */
  readonly bodies: readonly BodyPlan[];
  /** The first of them; undefined where the response has no content. */
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
  /** The same, ready to be compared with an `Accept`. */
  readonly offers: readonly Offer[];
}

export interface ReplyTools {
  readonly compiler: SchemaCompiler;
  readonly projection: Projection;
  readonly faults: BootFaults;
}

const statusKey = /^(?:[1-5]\d\d|[1-5]XX|DEFAULT)$/;
const bodiless = new Set(['204', '205', '304']);

/** True where HTTP ends a reply after its headers; what a contract says of its content does not count. */
export function isBodiless(status: number | string): boolean {
  return bodiless.has(String(status));
}

export function createReplyPlans(
  document: ContractDocument,
  { id, responses, extensions }: DescribedOperation,
  tools: ReplyTools,
): ReplyPlans {
  const plans = new Map(
    Object.entries(responses).map(([status, response]) => [
      status.toUpperCase(),
      replyPlan(document, { id, status: status.toUpperCase(), response }, tools),
    ]),
  );
  if (plans.size === 0) tools.faults.add(id, 'documents no response');
  const offers = offersOf(plans);
  const mediaTypes = offers.map(({ mediaType }) => mediaType);
  const switching = isSocketOperation({ extensions }) ? plans.get('101') : undefined;
  return { find: (status) => (status === 101 ? switching : planFor(plans, status)), mediaTypes, offers };
}

function planFor(plans: ReadonlyMap<string, ReplyPlan>, status: number): ReplyPlan | undefined {
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  return plans.get(String(status)) ?? plans.get(`${Math.trunc(status / 100)}XX`) ?? plans.get('DEFAULT');
}

/** `default` counts only where no success is documented: beside one, it describes the failures. */
function offersOf(plans: ReadonlyMap<string, ReplyPlan>): Offer[] {
  const successes = [...plans].filter(([status]) => status.startsWith('2'));
  const list = successes.length > 0 ? successes : [...plans].filter(([status]) => status === 'DEFAULT');
  const offers = list.flatMap(([, { bodies }]) => bodies.map(({ offer }) => offer));
  return [...new Map(offers.map((offer) => [offer.mediaType.toLowerCase(), offer])).values()];
}

function replyPlan(
  document: ContractDocument,
  { id, status, response }: Place & { response: ResponseObject },
  tools: ReplyTools,
): ReplyPlan {
  if (!statusKey.test(status)) tools.faults.add(id, `documents the status ${status}, which there is not`);
  const content = isBodiless(status) ? [] : Object.entries(response.content ?? {});
  const bodies = content.flatMap(([mediaType, media]) =>
    bodyPlan(document, { id, status, mediaType, media }, tools),
  );
  const headers = headerPlans(document, { id, status, response }, tools);
  const plans = bodies.length > 0 ? [...headers, ...framingHeaders] : headers;
  return {
    bodies,
    body: bodies[0],
    headers: new Map(plans.map((header) => [header.name.toLowerCase(), header])),
    requiredHeaders: headers.filter(({ required }) => required),
  };
}
