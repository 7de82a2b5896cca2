import type { Operation } from './contract.ts';
import type { Drafts } from './draft.ts';
import { invalidDrafts } from './invalid-drafts.ts';
import { rawDrafts } from './raw-drafts.ts';
import { validDrafts } from './valid-drafts.ts';

/** `valid` fits the contract; `invalid` breaks it in one place; `raw` is bytes and headers at random. */
export type Kind = 'valid' | 'invalid' | 'raw';

export const kinds: readonly Kind[] = ['valid', 'invalid', 'raw'];

/** Arbitrary requests of a kind to one operation. */
export function draftsOf(operation: Operation, kind: Kind): Drafts {
  switch (kind) {
    case 'valid':
      return validDrafts(operation);
    case 'invalid':
      return invalidDrafts(operation);
    case 'raw':
      return rawDrafts(operation);
  }
}
