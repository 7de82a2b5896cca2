/** Headers of replies: declared ones only, by their schemas, and none that HTTP cannot carry. */
import { headerPlan } from './reply-header-plan.ts';
import { resolve } from './reference.ts';
import type { ContractDocument, ResponseObject } from './document.ts';
import type { Place } from './reply-content.ts';
import type { HeaderPlan } from './reply-header-plan.ts';
import type { ReplyPlan, ReplyTools } from './reply-plan.ts';

/** Made for one reply; a list is sent as so many headers. */
export type SentHeaders = Record<string, string | readonly string[]>;

/** The server's own business; `Content-Type` is what OpenAPI says to ignore. */
const ignoredNames = new Set(['content-type', 'content-length', 'transfer-encoding', 'connection', 'keep-alive',
  'upgrade', 'trailer', 'date']); // prettier-ignore

export function headerPlans(
  document: ContractDocument,
  { id, status, response }: Place & { response: ResponseObject },
  tools: ReplyTools,
): HeaderPlan[] {
  const where = `${id} (${status})`;
  return Object.entries(response.headers ?? {})
    .filter(([name]) => !ignoredNames.has(name.toLowerCase()))
    .map(([name, node]) => {
      const header = resolve(document, node, { id, faults: tools.faults });
      return headerPlan(document, { name, header, where }, tools);
    });
}

/** What a handler may say of any body: which of the documented media types it is, and how long. */
export const framingHeaders: readonly HeaderPlan[] = [
  { name: 'Content-Type', required: false, textOf: String, accepts: () => true },
  {
    name: 'Content-Length',
    required: false,
    // One that is no number has no text: it must not leave, whatever happens to breaches.
    textOf: (value) => (/^\d{1,15}$/.test(String(value)) ? String(value) : undefined),
    accepts: () => true,
  },
];

/** The headers that may leave; `breach` hears of every other one, and of those that are missing. */
export function checkedHeaders(
  headers: Readonly<Record<string, unknown>>,
  { headers: plans, requiredHeaders }: ReplyPlan,
  breach: (detail: string) => void,
): SentHeaders {
  const sent: SentHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const plan = plans.get(name.toLowerCase());
    if (!plan) {
      breach(`has the undocumented header ${name}`);
      continue;
    }
    const text = isCookieList(plan, value)
      ? value.flatMap((one) => checkedText(plan, one, breach) ?? [])
      : checkedText(plan, value, breach);
    if (text !== undefined) sent[plan.name] = text;
  }
  for (const { name } of requiredHeaders) {
    if (sent[name] === undefined) breach(`lacks the required header ${name}`);
  }
  return sent;
}

/** The one header that cannot be written as a list. */
function isCookieList({ name }: HeaderPlan, value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && name.toLowerCase() === 'set-cookie';
}

function checkedText(plan: HeaderPlan, value: unknown, breach: (detail: string) => void): string | undefined {
  const text = plan.textOf(value);
  if (text !== undefined && !isSendable(text)) {
    breach(`has characters in the header ${plan.name} that HTTP cannot carry`);
    return undefined;
  }
  if (text === undefined || !plan.accepts(value)) {
    breach(`has a header ${plan.name} that does not fit its schema`);
  }
  return text;
}

/** Node refuses to write others, and a line break would begin another header. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isSendable(text: string): boolean {
  return sendable.test(text);
}
