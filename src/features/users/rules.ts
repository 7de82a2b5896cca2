/** What is true of users whoever asks. */
import { conflict } from '#contract';
import type { Problem } from '#contract';
import type { Trx } from '#platform/database/database.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import { lockActiveSuperusers } from './queries.ts';

/** One spelling per mailbox: `Ada@Example.com` and `ada@example.com` are one account. */
export function normaliseEmail(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** Two sign-ups at the same moment: only the unique index can tell. */
export function isEmailTaken(error: unknown): boolean {
  return classifyDatabaseError(error)?.constraint === 'users_email_key';
}

export function emailTaken(cause: unknown): Problem {
  return conflict('email_taken', 'There is an account with this e-mail address already.', cause);
}

/** Throws when nobody would be left to manage the accounts. Holds the superusers until the commit. */
export async function requireAnotherSuperuser(trx: Trx, userId: number): Promise<void> {
  const superusers = await lockActiveSuperusers(trx);
  const isOne = superusers.some(({ id }) => id === userId);
  if (!isOne || superusers.length > 1) return;
  throw conflict('last_superuser', 'The last active superuser cannot be removed, demoted or deactivated.');
}
