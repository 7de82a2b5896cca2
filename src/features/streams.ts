/** Streams, as every list of this API that grows without end has them: `cursor` and `limit`, a stable order. */
import { fieldErrorAt, validationFailed } from '#contract';

/** Where a stream is in its order: the time of a row, and its id for rows of one time. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

/** What the positions of a stream look like. */
export interface StreamKind {
  isId(text: string): boolean;
  /** Of the seconds of `at`: what the column keeps. */
  readonly fractionDigits: 3 | 6;
}

export const byNumber: StreamKind = {
  isId: (text) => /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)),
  fractionDigits: 3,
};

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

export const byUuid: StreamKind = { isId: (text) => uuid.test(text), fractionDigits: 3 };

/** The row to read on after, and how many: one more than asked for tells whether the stream goes on. */
export interface StreamRequest {
  readonly after: Position | undefined;
  readonly most: number;
}

/** Throws a 422 for what was never a `next_cursor`. */
export function streamRequest(
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  kind: StreamKind,
): StreamRequest {
  return { after: cursor === undefined ? undefined : positionIn(cursor, kind), most: limit + 1 };
}

/** The part that was asked for, of rows read as `streamRequest` says. */
export function streamOf<Row>(
  rows: readonly Row[],
  { most }: StreamRequest,
  positionOf: (row: Row) => Position,
): { items: readonly Row[]; next_cursor: string | null } {
  const items = rows.slice(0, most - 1);
  const last = items.at(-1);
  return { items, next_cursor: last && rows.length === most ? cursorOf(positionOf(last)) : null };
}

function cursorOf({ at, id }: Position): string {
  return Buffer.from(`${at},${id}`).toString('base64url');
}

function positionIn(cursor: string, kind: StreamKind): Position {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split(',');
  // Written anew it must be what was sent: base64 has several texts for the same bytes.
  if (isMoment(at, kind) && kind.isId(id) && cursorOf({ at, id }) === cursor) return { at, id };
  const message = 'is not a next_cursor of this stream';
  throw validationFailed([fieldErrorAt('query', '/cursor', { message, type: 'cursor' })]);
}

/** The 31st of February is none. */
function isMoment(text: string, { fractionDigits }: StreamKind): boolean {
  const [, seconds, fraction] = /^(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)Z$/.exec(text) ?? [];
  const time = new Date(text);
  const isTime = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === seconds;
  return isTime && fraction?.length === fractionDigits;
}
