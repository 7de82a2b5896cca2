/** Which part of a file a client asks for (RFC 9110, 14). */
import type { ByteRange } from '#platform/storage/storage.ts';
import { rangeNotSatisfiable } from './problems.ts';

/** A header that has one range of bytes; several are ignored, as the RFC allows: they cost more than they help. */
const oneRange = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/** Undefined: the whole file. Throws 416 for a range that begins behind the end. */
export function rangeIn(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = oneRange.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw rangeNotSatisfiable(size);
  return { start, end };
}
