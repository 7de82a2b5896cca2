/** Decompression of bodies, by their `Content-Encoding`. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { Problem } from './problem.ts';

export const servedEncodings = 'gzip, deflate, br';

/** How to decode an encoding; undefined: not at all. One at most: stacked ones only serve to hide a bomb. */
export function decoderFor(
  encoding: string | undefined,
  refuse: () => Problem,
): (() => Transform) | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip;
    case 'deflate':
      return createInflate;
    case 'br':
      return createBrotliDecompress;
    default:
      throw refuse();
  }
}
