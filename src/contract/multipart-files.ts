/** The files of multipart bodies: each goes to a sink of its own while it arrives. */
import { Readable } from 'node:stream';
import { createByteStore } from './byte-store.ts';
import type { Exchange } from './exchange.ts';

/** A file about to come. All of it is what the client says: data, never a path, never the truth about its content. */
export interface FilePart {
  /** The property of the body. */
  readonly name: string;
  readonly filename: string;
  /** Lower case, without parameters. */
  readonly mediaType: string;
}

/** What every file is to a handler; what its sink returned stands beside it. */
export interface UploadedFile {
  readonly filename: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
}

/** Takes one file. */
export interface FileSink<Stored extends object = object> {
  /**
   * Called once. Reads to the end and returns what the handler shall see of the file. Must settle soon after the
   * bytes have ended or failed: a client that leaves makes them fail. Its own failure is that of the request.
   */
  write(bytes: Readable): Stored | Promise<Stored>;
  /** Removes whatever there is. Called once at most, after `write` has settled, when the request has failed. */
  discard(): void | Promise<void>;
}

/** Where files go: memory, a disk, an object store. */
export interface FileSinks<Principal = unknown, Stored extends object = object> {
  /** The caller is let in and the part is of the kind that the contract wants; no byte of it has been read. */
  open(part: FilePart, exchange: Exchange<Principal>): FileSink<Stored> | Promise<FileSink<Stored>>;
}

/** What the handler sees where no other sinks were given. */
export interface FileInMemory extends UploadedFile {
  readonly bytes: Buffer;
}

/** Keeps files in memory, where `x-max-body` bounds them. */
export const memorySinks: FileSinks<unknown, Pick<FileInMemory, 'bytes'>> = {
  open: () => ({
    async write(bytes) {
      const store = createByteStore();
      const pieces: AsyncIterable<Buffer> = bytes; // A stream of bytes gives buffers.
      for await (const piece of pieces) store.add(piece);
      return { bytes: store.whole() };
    },
    discard: () => undefined,
  }),
};

/** The files of one request. */
export interface Upload {
  /** Rejects with the failure of the bytes, or with a StorageFailure. `check` throws for a file that is too long. */
  store(part: FilePart, bytes: Readable, check: (size: number) => void): Promise<UploadedFile>;
  /** From now on the files belong to the application. */
  keep(): void;
  /** Removes every file, unless they were kept; resolves when nothing is left. */
  discard(): Promise<void>;
}

/** The failure of a sink, as its cause: not the client's. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
}

export function createUpload(sinks: FileSinks, exchange: Exchange): Upload {
  const writes: Promise<unknown>[] = [];
  const opened: FileSink[] = [];
  const open = async (part: FilePart) => {
    const sink = await sinks.open(part, exchange);
    opened.push(sink);
    return sink;
  };
  return {
    store(part, bytes, check) {
      const file = storedFile(part, { open, bytes, check });
      writes.push(file);
      return file;
    },
    keep: () => void opened.splice(0),
    async discard() {
      await Promise.allSettled(writes);
      // A sink that fails here has lost its store; the client shall still hear what was wrong with its request.
      await Promise.allSettled(opened.splice(0).map(async (sink) => sink.discard()));
    },
  };
}

interface Storing {
  readonly bytes: Readable;
  open(part: FilePart): Promise<FileSink>;
  check(size: number): void;
}

async function storedFile(part: FilePart, { open, bytes, check }: Storing): Promise<UploadedFile> {
  const counted = countedBytes(bytes, check);
  try {
    const sink = await open(part);
    const stored = await sink.write(counted.bytes);
    if (!counted.hasEnded()) throw new Error('A sink has returned before it had read its file to the end.');
    const { filename, mediaType } = part;
    return { ...stored, filename, mediaType, size: counted.size() };
  } catch (error) {
    const failure = counted.failure();
    throw failure ? failure.cause : new StorageFailure('A file could not be stored.', { cause: error });
  } finally {
    counted.bytes.destroy();
    bytes.destroy();
  }
}

/** The same bytes, counted, with what they failed of told apart from what their reader fails of. */
function countedBytes(source: Readable, check: (size: number) => void) {
  let size = 0;
  let hasEnded = false;
  // A reader that fails throws its own failure in at the place where it was given a chunk.
  let isWithReader = false;
  let failure: { readonly cause: unknown } | undefined;
  // Destroyed by its iterator it would fail, before anybody has said why. A stream of bytes gives buffers.
  const chunks: AsyncIterable<Buffer> = source.iterator({ destroyOnReturn: false });
  const count = async function* () {
    try {
      for await (const chunk of chunks) {
        size += chunk.length;
        check(size);
        isWithReader = true;
        yield chunk;
        isWithReader = false;
      }
      hasEnded = true;
    } catch (cause) {
      if (!isWithReader) failure = { cause };
      throw cause;
    }
  };
  const bytes = Readable.from(count(), { objectMode: false });
  // Until the sink listens nobody would hear it, and Node would end the process.
  bytes.on('error', () => undefined);
  return { bytes, size: () => size, hasEnded: () => hasEnded, failure: () => failure };
}
