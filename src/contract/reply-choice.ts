/** Which of the documented media types a reply is in. */
import { mediaRange } from './negotiation.ts';
import { covers, isForeignCharset, isRange, replyKind, withCharset } from './reply-media.ts';
import type { BodyPlan } from './reply-content.ts';
import type { ReplyKind } from './reply-media.ts';
import type { ReplyPlan } from './reply-plan.ts';

export interface Content {
  readonly plan: BodyPlan;
  /** As it is sent. */
  readonly contentType: string;
  /** Of the media type itself, where the contract documents a range. */
  readonly kind: ReplyKind;
}

interface Given {
  /** The `Content-Type` of the handler. */
  readonly named: string | readonly string[] | undefined;
  /** What the client likes best. */
  readonly accepted: string | undefined;
}

/** Undefined where the handler named a media type that is not documented, or none and a range is. */
export function contentOf(
  { body, bodies }: ReplyPlan,
  { named, accepted }: Given,
  breach: (detail: string) => void,
): Content | undefined {
  if (named !== undefined) return namedContent(bodies, String(named), breach);
  const plan =
    bodies.length === 1 ? body : (bodies.find(({ offer }) => offer.mediaType === accepted) ?? body);
  const contentType = plan?.contentType;
  if (plan && contentType !== undefined) return { plan, contentType, kind: plan.kind };
  breach('does not name its media type, of which the contract says a range only');
  return undefined;
}

function namedContent(
  bodies: readonly BodyPlan[],
  named: string,
  breach: (detail: string) => void,
): Content | undefined {
  const range = mediaRange(named);
  const plan = range && closest(bodies.filter((one) => covers(one.offer, range)));
  const kind = range && kindWithin(plan, replyKind(range));
  if (!range || !plan || !kind) {
    breach(`has the undocumented media type ${named}`);
    return undefined;
  }
  if (kind !== 'binary' && isForeignCharset(range)) breach(`has a charset other than UTF-8: ${named}`);
  return { plan, contentType: withCharset(named, range, kind), kind };
}

/** What is documented by its own name comes before a range, and one with parameters before one without. */
function closest(plans: readonly BodyPlan[]): BodyPlan | undefined {
  const rank = ({ offer: { type, subtype, parameters } }: BodyPlan) =>
    (type === '*' ? 0 : 10_000) + (subtype === '*' ? 0 : 1_000) + parameters.size;
  return plans.toSorted((one, other) => rank(other) - rank(one))[0];
}

/** Within a range, text is text; whatever else it is, JSON as well, was made by the handler. */
function kindWithin(plan: BodyPlan | undefined, kind: ReplyKind): ReplyKind | undefined {
  if (!plan || !isRange(plan.offer)) return plan?.kind;
  if (plan.kind === 'json') return kind === 'json' ? 'json' : undefined;
  return kind === 'text' || kind === 'json' ? 'text' : 'binary';
}
