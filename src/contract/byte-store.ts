/** Bytes that are kept while they arrive. */

export interface ByteStore {
  add(piece: Buffer): void;
  /** Everything so far, in one piece. */
  whole(): Buffer;
}

/** Below this, a piece costs more than the bytes it holds: each is an object of some hundred bytes. */
const smallBytes = 512;

/** So many small pieces become one. */
const mostSmallPieces = 512;

/** A client may send a body byte by byte: a megabyte kept in such pieces would take 150. */
export function createByteStore(): ByteStore {
  const blocks: Buffer[] = [];
  let small: Buffer[] = [];
  const merge = () => {
    if (small.length > 0) blocks.push(joined(small));
    small = [];
  };
  return {
    add(piece) {
      if (piece.length < smallBytes) small.push(piece);
      if (piece.length >= smallBytes || small.length === mostSmallPieces) merge();
      if (piece.length >= smallBytes) blocks.push(piece);
    },
    whole() {
      merge();
      return joined(blocks);
    },
  };
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first ? first : Buffer.concat(pieces);
}
