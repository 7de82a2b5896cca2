/** Password hashing by argon2id, never more of it at once than the machine can bear. */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { createSemaphore } from './semaphore.ts';

export interface HashCost {
  /** KiB. */
  readonly memoryCost: number;
  /** Passes. */
  readonly timeCost: number;
  /** Lanes. */
  readonly parallelism: number;
}

/** OWASP's recommendation for argon2id: 19 MiB, 2 passes, 1 lane. */
export const recommendedCost: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A hash of no password, of the same cost: checking against it takes as long as against a real one. */
function nobodysHash({ memoryCost, timeCost, parallelism }: HashCost): string {
  const parameters = `m=${memoryCost},t=${timeCost},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$bm9ib2R5cyBzYWx0IDE2Qg$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkLCAzMkJ5dGU`;
}

export interface Passwords {
  /** The PHC string of a password; throws SemaphoreFull when too many are waiting. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the hash. Without a hash it takes as long and is false, so that the time
   * does not tell who has an account. Throws SemaphoreFull when too many are waiting.
   */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>;
}

/** One keyboard composes `é`, another sends it as two characters: the same password. */
function typed(password: string): string {
  return password.normalize('NFC');
}

/** One core is always left to everybody else's requests. */
export function createPasswords({
  running = Math.max(1, availableParallelism() - 1),
  waiting = 20,
  cost = recommendedCost,
}: { running?: number; waiting?: number; cost?: HashCost } = {}): Passwords {
  const semaphore = createSemaphore({ running, waiting });
  const standIn = nobodysHash(cost);
  return {
    hash: (password) => semaphore.run(() => hash(typed(password), cost)),
    verify: async (password, passwordHash) => {
      const isRight = await semaphore.run(() => verify(passwordHash ?? standIn, typed(password)));
      return isRight && passwordHash !== undefined;
    },
  };
}
