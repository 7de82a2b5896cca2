/** Multer's limits, every one of them: it has none of its own. */
import type { PartRule } from './multipart-parts.ts';

export interface MultipartLimits {
  readonly fieldNameSize: number;
  readonly fieldSize: number;
  readonly fields: number;
  readonly fileSize: number;
  readonly files: number;
  readonly parts: number;
  readonly headerPairs: number;
  readonly fieldNestingDepth: number;
  readonly fieldArrayIndexLimit: number;
}

/** As many as a form has pairs. */
const mostParts = 1000;

/** Of all fields together, since they are held in memory; files are not. */
const mostFieldBytes = 1024 * 1024;

/** The limits of a body of `maxBytes` with these parts. */
export function multipartLimits(rules: Iterable<PartRule>, maxBytes: number): MultipartLimits {
  let files = 0;
  for (const rule of rules) if (rule.kind === 'file') files += rule.mostFiles;
  return {
    fieldNameSize: 1000,
    fieldSize: Math.min(mostFieldBytes, maxBytes),
    fields: mostParts,
    fileSize: maxBytes,
    // One more, so that the surplus one can be told by its name.
    files: files + 1,
    parts: mostParts,
    headerPairs: 20,
    // `a[b]` and `a[9]` would become objects and lists: every name is taken as it is.
    fieldNestingDepth: 0,
    fieldArrayIndexLimit: 0,
  };
}
