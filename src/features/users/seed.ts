/** The first superuser: without one, nobody could make another. */
import type { Db } from '#platform/database/database.ts';
import type { Clock } from '#platform/clock.ts';
import type { Passwords } from '#platform/passwords.ts';
import { hasSuperuser, insertUser } from './queries.ts';
import { isEmailTaken, normaliseEmail } from './rules.ts';

export type SeedOutcome = 'created' | 'exists' | 'address_taken';

/**
 * Creates the superuser unless there is one. An account that already has the address is not promoted:
 * whoever signed up with it first need not be its owner.
 */
export async function seedSuperuser(
  { db, passwords, clock }: { db: Db; passwords: Passwords; clock: Clock },
  { email, password }: { email: string; password: string },
): Promise<SeedOutcome> {
  if (await hasSuperuser(db)) return 'exists';
  const password_hash = await passwords.hash(password);
  const user = { email: normaliseEmail(email), full_name: null, password_hash, is_superuser: true };
  try {
    await insertUser(db, { ...user, now: clock.now() });
    return 'created';
  } catch (error) {
    if (!isEmailTaken(error)) throw error;
    // Another process may have seeded it between our look and our insert.
    return (await hasSuperuser(db)) ? 'exists' : 'address_taken';
  }
}
