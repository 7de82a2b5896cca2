/** How large a body may be and how slowly it may come, by the extensions of its operation. */
import type { BodyLimits, BodyPace } from './body-arrival.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';

/** Bodies may grow to this unless the operation says otherwise with `x-max-body`. */
const defaultMaxBytes = 1024 * 1024;

/** The limits of an operation: `x-max-body`, and `x-body-pace` where it differs from `pace`. */
export function bodyLimitsOf(
  { id, extensions }: Pick<DescribedOperation, 'id' | 'extensions'>,
  pace: BodyPace,
  faults: BootFaults,
): BodyLimits {
  const { 'x-max-body': maxBytes = defaultMaxBytes, 'x-body-pace': ownPace = {} } = extensions;
  if (!isCount(maxBytes) || maxBytes === 0)
    faults.add(id, `has an x-max-body that is not a number of bytes: ${JSON.stringify(maxBytes)}`);
  if (!isPace(ownPace))
    faults.add(id, `has an x-body-pace that is not ${paceWords}: ${JSON.stringify(ownPace)}`);
  const { idle_ms: idleMs = pace.idleMs, min_bytes_per_second: minBytesPerSecond = pace.minBytesPerSecond } =
    isPace(ownPace) ? ownPace : {};
  return { maxBytes: isCount(maxBytes) ? maxBytes : 0, idleMs, minBytesPerSecond };
}

const paceWords = '{ idle_ms, min_bytes_per_second } in whole numbers';

/** Of `x-body-pace`. What it does not say stays as it is everywhere. */
interface Pace {
  readonly idle_ms?: number;
  readonly min_bytes_per_second?: number;
}

/** A timer of Node holds no more. */
const longestIdleMs = 2 ** 31 - 1;

function isPace(value: unknown): value is Pace {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([name, count]) => {
    if (name === 'idle_ms') return isCount(count) && count > 0 && count <= longestIdleMs;
    return name === 'min_bytes_per_second' && isCount(count);
  });
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
