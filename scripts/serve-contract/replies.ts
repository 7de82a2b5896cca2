/** The replies of an operation: its documented examples where they fit its schemas, else values made from them. */
import { badRequest, internalError } from '#contract';
import type { ContractDocument, Exchange, Operation, ReplyValue } from '#contract';
import { preferredOffer } from '#contract/negotiation.ts';
import { offerOf } from '#contract/reply-media.ts';
import { asNode } from './node.ts';
import type { Node } from './node.ts';
import { preferenceIn } from './prefer.ts';
import { bodyOf, requiredHeaders } from './reply-parts.ts';
import { replyFaults } from './reply-check.ts';
import { examplesOf, samplesOf } from './sample.ts';
import type { Candidate } from './sample.ts';

export interface Replies {
  /** Throws a problem where nothing can be answered. */
  replyTo(exchange: Exchange): Promise<ReplyValue>;
  /** The status that a request gets unless it prefers another. */
  readonly usualStatus: number;
  /** Documented examples that do not fit, as sentences. */
  readonly misfits: readonly string[];
  /** Why there is no reply of the usual status; undefined: there is one. */
  readonly fault: string | undefined;
}

/** One documented reply: a status in one media type, or without a body. */
interface Variant {
  readonly status: number;
  readonly mediaType: string | undefined;
  readonly media: Node;
  readonly response: Node;
}

type Made = { readonly reply: () => ReplyValue } | { readonly fault: string };

/** Makes and checks the usual reply, and checks every documented example. */
export async function createReplies(document: ContractDocument, operation: Operation): Promise<Replies> {
  const usualStatus = usualStatusOf(Object.keys(operation.responses));
  const make = maker(document, operation);
  const misfits: string[] = [];
  for (const key of Object.keys(operation.responses)) {
    const status = statusOf(key, usualStatus);
    for (const variant of variantsOf(operation, status)) misfits.push(...(await make.misfits(variant)));
  }
  const usual = await Promise.all(variantsOf(operation, usualStatus).map((variant) => make.usual(variant)));
  const fault = usual.flatMap((made) => ('fault' in made ? [made.fault] : []))[0];
  return {
    usualStatus,
    misfits,
    fault,
    async replyTo({ headers }) {
      const { code = usualStatus, example } = preferenceIn(headers['prefer']);
      const variants = variantsOf(operation, code);
      const variant = acceptable(variants, headers.accept);
      if (!variant) throw badRequest(`Documented are ${Object.keys(operation.responses).join(', ')}.`);
      const made = await (example === undefined ? make.usual(variant) : make.named(variant, example));
      if ('fault' in made) throw internalError(new Error(made.fault));
      return made.reply();
    },
  };
}

/** The lowest 2xx; `default` where there is none; else the lowest there is. */
export function usualStatusOf(keys: readonly string[]): number {
  const success = keys.filter((key) => key.startsWith('2')).sort()[0];
  if (success !== undefined) return statusOf(success, 200);
  if (keys.includes('default') || keys.length === 0) return 200;
  return statusOf([...keys].sort()[0] ?? '', 200);
}

/** A status of the key: `2XX` is 200, and `default` is whatever is asked. */
function statusOf(key: string, otherwise: number): number {
  if (/^\d{3}$/.test(key)) return Number(key);
  return /^\dXX$/i.test(key) ? Number(key[0]) * 100 : otherwise;
}

/** The variants of a status; none where it is not documented. */
function variantsOf({ responses }: Operation, status: number): Variant[] {
  const keys = [String(status), `${Math.trunc(status / 100)}XX`, `${Math.trunc(status / 100)}xx`, 'default'];
  const key = keys.find((one) => one in responses);
  if (key === undefined) return [];
  const response = asNode(responses[key]);
  const content = Object.entries(asNode(response['content']));
  if (content.length === 0 || bodiless.has(status)) {
    return [{ status, response, mediaType: undefined, media: {} }];
  }
  return content.map(([mediaType, media]) => ({ status, response, mediaType, media: asNode(media) }));
}

const bodiless = new Set([204, 205, 304]);

/** The one that the client likes best; the first where it likes none, since a failure is told in any case. */
function acceptable(variants: readonly Variant[], accept: string | undefined): Variant | undefined {
  const offers = variants.flatMap(({ mediaType }) => offerOf(mediaType ?? '') ?? []);
  const chosen = preferredOffer(accept, offers);
  return variants.find(({ mediaType }) => mediaType === chosen) ?? variants[0];
}

interface Maker {
  /** The first candidate that fits. */
  usual(variant: Variant): Promise<Made>;
  named(variant: Variant, name: string): Promise<Made>;
  misfits(variant: Variant): Promise<string[]>;
}

function maker(document: ContractDocument, operation: Operation): Maker {
  const known = new Map<string, Promise<Made>>();
  const attempt = async (variant: Variant, candidate: Candidate): Promise<Made> => {
    const body = bodyOf(document, variant, candidate.value);
    const headers = requiredHeaders(document, variant.response);
    const reply = () => ({
      status: variant.status,
      body: body(),
      headers: { ...headers, ...typeOf(variant) },
    });
    const faults = await replyFaults(operation, reply(), variant.mediaType);
    if (faults.length === 0) return { reply };
    return { fault: `${variant.status}: ${candidate.origin} does not fit: ${faults.join('; ')}` };
  };
  const firstFitting = async (variant: Variant): Promise<Made> => {
    let fault = `${variant.status}: nothing can be made from its schema`;
    const examples = examplesOf(document, variant.media);
    const samples = () => samplesOf(document, asNode(variant.media)['schema'], 'reply');
    for (const candidates of [() => examples, variant.mediaType === undefined ? () => [nothing] : samples]) {
      for (const candidate of candidates()) {
        const made = await attempt(variant, candidate);
        if ('reply' in made) return made;
        fault = made.fault;
      }
    }
    return { fault };
  };
  return {
    usual(variant) {
      const key = `${variant.status} ${variant.mediaType ?? ''}`;
      const made = known.get(key) ?? firstFitting(variant);
      known.set(key, made);
      return made;
    },
    async named(variant, name) {
      const candidate = examplesOf(document, variant.media).find((one) => one.name === name);
      if (!candidate) throw badRequest(`There is no example ${name} of ${variant.status}.`);
      return attempt(variant, candidate);
    },
    async misfits(variant) {
      const made = await Promise.all(examplesOf(document, variant.media).map((one) => attempt(variant, one)));
      return made.flatMap((one) => ('fault' in one ? [one.fault] : []));
    },
  };
}

const nothing: Candidate = { value: undefined, origin: 'nothing' };

/** Named only where the contract names a range, or several. */
function typeOf({ mediaType, response }: Variant): Record<string, string> {
  const isClear = Object.keys(asNode(response['content'])).length < 2 && mediaType?.includes('*') !== true;
  if (mediaType === undefined || isClear) return {};
  return { 'Content-Type': mediaType.includes('*') ? 'application/json' : mediaType };
}
