// Why each kind of breaking change breaks a client.
import type { Change } from './changes.ts';
import type { Side } from './operations.ts';

export interface Reason {
  readonly why: string;
  /** Whose requests or replies it is about, where it matters. */
  readonly sides: readonly Side[];
}

const REQUEST: readonly Side[] = ['request'];
const REPLY: readonly Side[] = ['reply'];
const BOTH: readonly Side[] = ['request', 'reply'];

const REASONS: Readonly<Record<string, Reason>> = {
  'enum-values-added': { why: 'Clients read a value that they do not know.', sides: REPLY },
  'enum-values-removed': { why: 'Clients that send it are refused with 422.', sides: REQUEST },
  'media-type-removed': { why: 'Clients that send it get 415, clients that ask for it 406.', sides: [] },
  'operation-id-changed': { why: 'Generated clients call it by this name: their code no longer compiles.', sides: [] },
  'operation-removed': { why: 'Clients that call it get 404 or 405.', sides: [] },
  'parameter-became-required': { why: 'Clients that leave it out are refused with 422.', sides: REQUEST },
  'parameter-removed': { why: 'Clients that send it are refused with 422: nothing unknown is ignored.', sides: REQUEST },
  'parameter-serialization-changed': { why: 'Clients write it in the old form, which is now read as something else.', sides: REQUEST },
  'path-removed': { why: 'Clients that call it get 404.', sides: [] },
  'property-removed': { why: 'Clients that read it find nothing, clients that send it are refused with 422.', sides: BOTH },
  'request-body-became-required': { why: 'Clients that send none are refused.', sides: REQUEST },
  'request-body-removed': { why: 'What clients send is no longer heeded.', sides: REQUEST },
  'required-properties-added': { why: 'Clients that leave it out are refused with 422.', sides: REQUEST },
  'required-properties-removed': { why: 'Clients that count on it may find nothing.', sides: REPLY },
  'response-header-removed': { why: 'Clients that read it find nothing.', sides: REPLY },
  'response-removed': { why: 'Clients that wait for it get another answer.', sides: REPLY },
  'schema-combinator-changed': { why: 'What fitted may no longer fit, or something new comes back.', sides: BOTH },
  'schema-constraint-changed': { why: 'What clients may send has become less, or what they may receive more.', sides: BOTH },
  'schema-type-changed': { why: 'Clients send, or expect, a value of the old type.', sides: BOTH },
  'security-requirement-changed': { why: 'Callers who were let in get 401 or 403.', sides: [] },
  'security-scheme-changed': { why: 'Clients sign in, or prove it, in the old way.', sides: [] },
  'server-removed': { why: 'Clients call an address that is gone.', sides: [] },
  'default-changed': { why: 'Clients that leave it out get something else than before.', sides: REQUEST },
  'header-became-optional': { why: 'Clients that count on it may find nothing.', sides: REPLY },
  'access-narrowed': { why: 'Callers who were let in get 403 or 404.', sides: [] },
  'max-body-lowered': { why: 'Clients that send more are refused with 413.', sides: [] },
}; // prettier-ignore

const NARROWER: Reason = { why: 'Clients that send what was allowed are refused with 422.', sides: REQUEST };
const WIDER: Reason = { why: 'Clients read what could not come before.', sides: REPLY };

export function reasonOf(rule: string, change: Change): Reason {
  const reason = REASONS[rule] ?? { why: 'It can break a client.', sides: BOTH };
  return rule === 'schema-constraint-changed' ? (reasonOfBound(change) ?? reason) : reason;
}

/** A bound that closes in is about requests, one that opens about replies. */
function reasonOfBound({ property = '', base, revision }: Change): Reason | undefined {
  const growth = Number(revision?.value) - Number(base?.value);
  if (!/^(min|max)/.test(property) || Number.isNaN(growth)) return undefined;
  return growth < 0 === property.startsWith('max') ? NARROWER : WIDER;
}
