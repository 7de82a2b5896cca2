/**
 * A look at the bytes of JSON before it is parsed. A megabyte can hold half a million values, and making
 * them blocks everybody else for far longer than reading over them.
 */

export interface JsonShape {
  /** Of lists and objects inside each other. */
  readonly depth: number;
  /** Of all kinds, names of properties included; never fewer than there are, but for the first. */
  readonly values: number;
}

const quote = 0x22;
const backslash = 0x5c;

/** Stops where one of the limits is exceeded. Of bytes that are not JSON it says something, but not much. */
export function shapeOfJson(bytes: Buffer, limits: JsonShape): JsonShape {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (
    let index = 0;
    index < bytes.length && deepest <= limits.depth && values <= limits.values;
    index += 1
  ) {
    switch (bytes[index]) {
      case 0x5b: // [
      case 0x7b: // {
        values += 1;
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
      case 0x3a: // :
        values += 1;
        break;
      case quote:
        index = endOfText(bytes, index);
        break;
      default:
    }
  }
  return { depth: deepest, values };
}

/** The index of the closing quote, or of the last byte. */
function endOfText(bytes: Buffer, start: number): number {
  for (let index = start + 1; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === backslash) index += 1;
    else if (byte === quote) return index;
  }
  return bytes.length;
}
