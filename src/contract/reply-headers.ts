/** Headers of replies: declared ones only, by their schemas, and none that HTTP cannot carry. */
import { parameterRule } from './parameter-rules.ts';
import { decodeText } from './parameter-values.ts';
import type { ContractDocument, HeaderObject } from './document.ts';
import type { ReplyPlan, ReplyTools } from './reply-plan.ts';

export interface HeaderPlan {
  /** As the contract writes it. */
  readonly name: string;
  readonly required: boolean;
  /** True when the text fits the header's schema. */
  accepts(text: string): boolean;
}

/** These are read by the engine itself, so they need one spelling. */
const knownNames = new Map(['ETag', 'Cache-Control'].map((name) => [name.toLowerCase(), name]));

export function headerPlan(
  document: ContractDocument,
  { name, header, where }: { name: string; header: HeaderObject; where: string },
  { compiler, faults }: ReplyTools,
): HeaderPlan {
  const refuse = (what: string) => faults.add(where, what);
  const rule = parameterRule(document, { ...header, name, in: 'header' }, refuse);
  const validator = compiler.compile(rule.schema, where);
  return {
    name: knownNames.get(name.toLowerCase()) ?? name,
    required: rule.required,
    accepts: (text) => validator.accepts(decodeText(rule, text)),
  };
}

/** The headers that may leave; `breach` hears of every other one, and of those that are missing. */
export function checkedHeaders(
  headers: Readonly<Record<string, string | number | undefined>>,
  { headers: plans, requiredHeaders }: ReplyPlan,
  breach: (detail: string) => void,
): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const plan = plans.get(name.toLowerCase());
    const text = String(value);
    if (!plan) breach(`has the undocumented header ${name}`);
    else if (!isSendable(text)) breach(`has characters in the header ${name} that HTTP cannot carry`);
    else {
      if (!plan.accepts(text)) breach(`has a header ${name} that does not fit its schema`);
      sent[plan.name] = text;
    }
  }
  for (const { name } of requiredHeaders) {
    if (sent[name] === undefined) breach(`lacks the required header ${name}`);
  }
  return sent;
}

/** Node refuses to write others, and a line break would begin another header. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isSendable(text: string): boolean {
  return sendable.test(text);
}
