/** The problems that clients see when the platform fails: designed answers, never a 500. */
import { Problem, conflict, fieldErrorAt, serviceUnavailable, validationFailed } from '#contract';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import type { DatabaseFault } from '#platform/database/faults.ts';
import { SemaphoreFull } from '#platform/semaphore.ts';
import { StorageFull, StorageUnavailable } from '#platform/storage/storage.ts';

/** The problem behind an error of the platform; undefined when the error is a bug of ours. */
export function problemOfFault(error: unknown): Problem | undefined {
  if (error instanceof SemaphoreFull) {
    return serviceUnavailable('overloaded', 'Too many are signing in right now.', { cause: error });
  }
  if (error instanceof StorageFull) return insufficientStorage(error);
  if (error instanceof StorageUnavailable) {
    return serviceUnavailable('service_unavailable', 'Files cannot be reached now.', { cause: error });
  }
  const fault = classifyDatabaseError(error);
  return fault && problemOfDatabaseFault(fault, error);
}

function insufficientStorage(cause: StorageFull): Problem {
  const detail = 'There is no room left for files.';
  return new Problem({
    status: 507,
    code: 'insufficient_storage',
    title: 'Insufficient storage',
    detail,
    cause,
  });
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
