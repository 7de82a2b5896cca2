/** What a reply of one media type may hold, worked out once. */
import { keep } from './projectors.ts';
import { offerOf, documentedKind, isForeignCharset, isRange, mayBeText, withCharset } from './reply-media.ts';
import { typesOf } from './schema-types.ts';
import type { ContractDocument, MediaTypeObject } from './document.ts';
import type { Offer } from './negotiation.ts';
import type { Projector } from './projectors.ts';
import type { ReplyKind } from './reply-media.ts';
import type { ReplyTools } from './reply-plan.ts';
import type { Validator } from './validator.ts';

export interface BodyPlan {
  readonly offer: Offer;
  readonly kind: ReplyKind;
  /** What is sent where the handler names nothing; undefined: it has to, since this is a range. */
  readonly contentType: string | undefined;
  /** Of a whole JSON body, of an event's data, of a line. */
  readonly project: Projector;
  /** As `project`; of `text` the whole string. */
  readonly validator: Validator;
  /** Of events: the data is a string that leaves as it is. */
  readonly isPlainText: boolean;
}

export interface Place {
  readonly id: string;
  readonly status: string;
}

export function bodyPlan(
  document: ContractDocument,
  { id, status, mediaType, media }: Place & { mediaType: string; media: MediaTypeObject },
  tools: ReplyTools,
): BodyPlan[] {
  const refuse = (what: string) => tools.faults.add(id, `answers ${status} as ${mediaType}${what}`);
  const offer = offerOf(mediaType);
  if (!offer) {
    refuse(', which is no media type');
    return [];
  }
  const kind = documentedKind(document, offer, media);
  const fault = contentFault(document, { offer, kind, media });
  if (fault) refuse(fault);
  const where = `${id} (${status})`;
  const schema = media.schema ?? true;
  const plan = {
    offer,
    kind,
    contentType: defaultContentType(offer, kind),
    project: holdsJson(kind) ? tools.projection(schema, where) : keep,
    validator: tools.compiler.compile(schema, where),
    isPlainText: kind === 'events' && isTextOnly(document, media),
  };
  return [plan];
}

function contentFault(
  document: ContractDocument,
  { offer, kind, media: { schema } }: { offer: Offer; kind: ReplyKind; media: MediaTypeObject },
): string | undefined {
  if (isForeignCharset(offer) && kind !== 'binary') return ', but replies leave in UTF-8';
  if ((kind === 'json' || kind === 'lines') && schema === undefined) return ' without a schema';
  if (!holdsJson(kind) && !mayBeText(document, schema))
    return ' with a schema that is no string, which is not supported';
  return undefined;
}

function holdsJson(kind: ReplyKind): boolean {
  return kind === 'json' || kind === 'events' || kind === 'lines';
}

function defaultContentType(offer: Offer, kind: ReplyKind): string | undefined {
  if (!isRange(offer)) return withCharset(offer.mediaType, offer, kind);
  return kind === 'json' ? 'application/json; charset=utf-8' : undefined;
}

function isTextOnly(document: ContractDocument, { schema }: MediaTypeObject): boolean {
  const types = typesOf(document, schema);
  return types.length > 0 && types.every((type) => type === 'string');
}
