/** The problems that clients see when the platform fails: designed answers, never a 500. */
import { conflict, fieldErrorAt, serviceUnavailable, validationFailed } from '#contract';
import type { Problem } from '#contract';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import type { DatabaseFault } from '#platform/database/faults.ts';
import { SemaphoreFull } from '#platform/semaphore.ts';

/** The problem behind an error of the platform; undefined when the error is a bug of ours. */
export function problemOfFault(error: unknown): Problem | undefined {
  if (error instanceof SemaphoreFull) {
    return serviceUnavailable('overloaded', 'Too many are signing in right now.', { cause: error });
  }
  const fault = classifyDatabaseError(error);
  return fault && problemOfDatabaseFault(fault, error);
}

/** A backstop: handlers foresee what they can, and give it better words. */
function problemOfDatabaseFault({ kind }: DatabaseFault, cause: unknown): Problem {
  switch (kind) {
    case 'invalid_input':
      return validationFailed([fieldErrorAt('body', '', { message: 'cannot be stored', type: 'storage' })]);
    case 'conflict':
      return conflict('conflict', 'This contradicts what is stored.', cause);
    case 'serialization':
      return serviceUnavailable('overloaded', 'Too many are changing this at once.', { cause });
    case 'unavailable':
      return serviceUnavailable('database_unavailable', 'The database cannot be reached.', { cause });
  }
}
