/** The cursor of a list of files: the file after which to read on, as text that clients take as it is. */
import { fieldErrorAt, validationFailed } from '#contract';

export interface Position {
  readonly created_at: string;
  readonly id: string;
}

const written = /^(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),([\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})$/;

export function cursorOf({ created_at, id }: Position): string {
  return Buffer.from(`${created_at},${id}`).toString('base64url');
}

/** Throws a 422 for what `cursorOf` never wrote. */
export function positionIn(cursor: string): Position {
  const [, at = '', id = ''] = written.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const position = { created_at: at, id };
  if (isMoment(at) && cursorOf(position) === cursor) return position;
  const message = 'is not a next_cursor of this stream';
  throw validationFailed([fieldErrorAt('query', '/cursor', { message, type: 'cursor' })]);
}

/** The 31st of February is none. */
function isMoment(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}
