/** Where the bytes of files are kept: each under an id, written once, never changed. */
import type { Readable } from 'node:stream';

export interface Storage {
  /**
   * Resolves when all bytes are kept, so that a crash no longer loses them. When it rejects nothing is left: with what
   * the bytes failed of, or with `StorageFull` or `StorageUnavailable`.
   */
  write(id: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Whoever does not read it to its end destroys it. Rejects with `StorageUnavailable`, also where nothing is kept. */
  read(id: string, range: ByteRange): Promise<Readable>;
  /** Does nothing where nothing is kept. */
  remove(id: string): Promise<void>;
  /** Everything that is there, what is still being written and what a crash has left included. */
  list(): AsyncIterable<StoredBytes>;
}

/** The first and the last byte, counted from 0; at least one. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredBytes {
  readonly id: string;
  readonly changedAt: Date;
}

/** There is no room left for the bytes. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** The store does not do what it is asked, for a reason that is its own. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}
