/** A look at the bytes of JSON before it is parsed: a megabyte can hold half a million lists inside each other. */

const mostDeep = 64;

/** Making more of them would block everybody else for too long. */
const mostValues = 100_000;

/** False where JSON is nested too deeply or holds too many values. What is no JSON is for the parser to tell. */
export function isWithinBounds(bytes: Buffer): boolean {
  let depth = 0;
  let values = 1;
  let isText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isText) {
      if (byte === backslash) index += 1;
      else if (byte === quote) isText = false;
    } else if (byte === quote) {
      isText = true;
    } else if (opening.has(byte)) {
      depth += 1;
      values += 1;
    } else if (closing.has(byte)) {
      depth -= 1;
    } else if (byte === comma) {
      values += 1;
    }
    if (depth > mostDeep || values > mostValues) return false;
  }
  return true;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening = new Set<number | undefined>([0x5b, 0x7b]);
const closing = new Set<number | undefined>([0x5d, 0x7d]);
