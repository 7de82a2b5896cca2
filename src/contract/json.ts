/** Bytes of JSON to a value. */
import { fieldErrorAt } from './field-errors.ts';
import { shapeOfJson } from './json-shape.ts';
import { maxDepth, tooDeep } from './plain-data.ts';
import { Problem, badRequest, validationFailed } from './problem.ts';

/** Smaller bodies cannot hold enough to hurt. */
const shortestInspectedBytes = 16 * 1024;

/**
 * A full body may hold one name or value in so many bytes; `[1,1,1,…` would hold five. An operation that
 * wants more allows more bytes, and so says that it may take longer.
 */
const bytesPerValue = 10;

/** The parser for bodies of an operation that takes `maxBytes`. Throws 400, 413 and 422 problems. */
export function createJsonParser(maxBytes: number): (bytes: Buffer) => unknown {
  const limits = { depth: maxDepth, values: Math.max(1000, Math.floor(maxBytes / bytesPerValue)) };
  return (bytes) => {
    if (bytes.length > shortestInspectedBytes) {
      const { depth, values } = shapeOfJson(bytes, limits);
      if (depth > limits.depth) throw validationFailed([fieldErrorAt('body', '', tooDeep)]);
      if (values > limits.values) throw tooManyValues(limits.values);
    }
    return parsedJson(decodeUtf8(bytes));
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws a 400 problem for bytes that are no UTF-8. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw badRequest('The body is not valid UTF-8.', cause);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRequest('The body is not valid JSON.', cause);
  }
}

function tooManyValues(most: number): Problem {
  const detail = `The body may hold ${most} names and values at most.`;
  return new Problem({ status: 413, code: 'content_too_large', title: 'Content too large', detail });
}
