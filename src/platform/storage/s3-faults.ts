import { StorageFull, StorageUnavailable } from './storage.ts';

const full = 507;

/** What the store or the way to it says, in words of ours. The message names no address, key or secret. */
export function asStorageFault(cause: unknown): StorageFull | StorageUnavailable {
  const name = Error.isError(cause) ? cause.name : typeof cause;
  return statusOf(cause) === full
    ? new StorageFull(`The store has no room left (${name}).`, { cause })
    : new StorageUnavailable(`The store cannot be used (${name}).`, { cause });
}

/** Of the answer, where there was one. */
function statusOf(error: unknown): unknown {
  if (!Error.isError(error) || !('$metadata' in error)) return undefined;
  const { $metadata: answer } = error;
  return typeof answer === 'object' && answer && 'httpStatusCode' in answer
    ? answer.httpStatusCode
    : undefined;
}
