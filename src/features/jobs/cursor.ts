/** The cursor of the failed jobs: the job after which to read on, as text that clients take as it is. */
import { fieldErrorAt, validationFailed } from '#contract';
import type { FailedJobPosition } from '#platform/jobs/failed-jobs.ts';

const written = /^(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z),([\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})$/;

export function cursorOf({ failed_at, id }: FailedJobPosition): string {
  return Buffer.from(`${failed_at},${id}`).toString('base64url');
}

/** Throws a 422 for what `cursorOf` never wrote. */
export function positionIn(cursor: string): FailedJobPosition {
  const [, at = '', id = ''] = written.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (isMoment(at) && cursorOf({ failed_at: at, id }) === cursor) return { failed_at: at, id };
  const message = 'is not a next_cursor of this stream';
  throw validationFailed([fieldErrorAt('query', '/cursor', { message, type: 'cursor' })]);
}

/** The 31st of February is none. */
function isMoment(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
}
