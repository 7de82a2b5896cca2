/** The cursor of the audit trail: the event after which to read on, as text that clients take as it is. */
import { fieldErrorAt, validationFailed } from '#contract';

export interface Position {
  readonly at: string;
  readonly id: number;
}

const written = /^(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),([1-9]\d{0,15})$/;

export function cursorOf({ at, id }: Position): string {
  return Buffer.from(`${at},${id}`).toString('base64url');
}

/** Throws a 422 for what `cursorOf` never wrote. */
export function positionIn(cursor: string): Position {
  const [, at = '', id = ''] = written.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const position = { at, id: Number(id) };
  if (isMoment(at) && Number.isSafeInteger(position.id) && cursorOf(position) === cursor) return position;
  const message = 'is not a next_cursor of this stream';
  throw validationFailed([fieldErrorAt('query', '/cursor', { message, type: 'cursor' })]);
}

/** The 31st of February is none. */
function isMoment(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
