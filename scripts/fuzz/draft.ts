/** A request at random, before its stand-ins are filled in. */
import type * as fc from 'fast-check';
import type { Parameter } from './contract.ts';

/** A parameter as it is sent: percent-encoded in path and query; undefined when it is left out. */
export type Text = string | undefined;

export interface Draft {
  readonly parameters: readonly { readonly parameter: Parameter; readonly text: Text }[];
  /** Behind the declared ones. */
  readonly extraQuery: readonly string[];
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly body?: DraftBody | undefined;
  readonly sender: 'superuser' | 'user';
}

export type DraftBody =
  { readonly type: string; readonly value: unknown } | { readonly type: string; readonly bytes: Uint8Array };

export type Drafts = fc.Arbitrary<Draft>;

/** Superusers come past the authorisation, and are more often sent for that. */
export const senders: readonly Draft['sender'][] = ['superuser', 'superuser', 'user'];
