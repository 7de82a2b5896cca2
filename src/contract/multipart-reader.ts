/** Takes a multipart body apart with Multer, which gets a stream of its own and never sees the request. */
import { Transform } from 'node:stream';
import multer from 'multer';
import { receive } from './body-reader.ts';
import { fieldsTooLarge, multipartFailure, wrongPart } from './multipart-errors.ts';
import type { Readable, Writable } from 'node:stream';
import type { BodyLimits } from './body-arrival.ts';
import type { SentBody } from './body-plan.ts';
import type { Exchange } from './exchange.ts';
import type { FilePart } from './multipart-files.ts';
import type { MultipartLimits } from './multipart-limits.ts';

/** The texts of each field by its name; undefined: in a charset that nobody knows. */
export type Fields = Readonly<Record<string, string | undefined | readonly (string | undefined)[]>>;

export interface MultipartReader {
  readonly bodyLimits: BodyLimits;
  readonly limits: MultipartLimits;
  /** Throws a problem for a file that is not wanted, before a byte of it is read; returns its place. */
  admit(part: FilePart): number;
  /** Rejects for a file that cannot be taken, whoever is to blame. */
  store(part: FilePart, bytes: Readable, place: number): Promise<void>;
}

/**
 * Takes the body apart by `contentType`, and resolves with the fields when the whole body has come and every file is stored. Throws 400, 408, 413 and 422
 * problems, and what `store` rejects with. What was stored until then is the caller's to remove.
 */
export function readMultipart(
  exchange: Exchange,
  { contentType, createDecoder }: SentBody,
  reader: MultipartReader,
): Promise<Fields> {
  const { bodyLimits, limits } = reader;
  return receive<Fields>(exchange, { limits: bodyLimits, createDecoder }, (output, { resolve, reject }) => {
    const request = requestLike(contentType);
    const fail = (error: unknown) => reject(multipartFailure(error, limits));
    const parse = multer(multerOptions(reader, fail)).any();
    // It reads the headers of its request and pipes it; it never touches the reply.
    parse(request as never, undefined as never, (error?: unknown) => {
      // Without `body` it has not even tried: such a body must not pass for an empty one.
      if (error === undefined && request.body) resolve(request.body);
      else fail(error);
    });
    output.pipe(request);
    return () => {
      output.unpipe(request);
      request.destroy();
    };
  });
}

/** As much of a request as Multer needs; it leaves the fields in `body`. */
interface RequestLike extends Transform {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Fields;
}

function requestLike(contentType: string): RequestLike {
  return Object.assign(mergingStream(), {
    headers: { 'content-type': contentType, 'transfer-encoding': 'chunked' },
  });
}

/**
 * Hands on in one piece what comes in one turn. The parser makes objects for each piece that it gets, of a byte as of
 * 64 KiB, and keeps those of a field.
 */
function mergingStream(): Transform {
  return new Transform({
    transform: (piece, _encoding, done) => void setImmediate(done, null, piece),
    // What was written meanwhile: never more than the stream's own limit.
    writev(pieces, done) {
      const bytes = pieces.map(({ chunk }: { chunk: Buffer }) => chunk); // Bodies are streams of buffers.
      this._write(Buffer.concat(bytes), 'utf8', done);
    },
  });
}

/** What Multer 2.5 takes beyond its published types. */
interface FullOptions extends multer.Options {
  readonly defCharset: string;
  streamHandler(request: Readable, parser: Writable): void;
}

function multerOptions(
  { limits, admit, store }: MultipartReader,
  fail: (error: unknown) => void,
): FullOptions {
  const places = new Map<Express.Multer.File, number>();
  return {
    limits,
    defCharset: 'utf8',
    defParamCharset: 'utf8',
    fileFilter(_request, file, done) {
      try {
        places.set(file, admit(partOf(file)));
        done(null, true);
      } catch (error) {
        done(error as Error); // Only problems are thrown there.
      }
    },
    storage: {
      _handleFile(_request, file, done) {
        store(partOf(file), file.stream, places.get(file) ?? 0).then(() => done(), done);
      },
      // The upload removes its files itself: Multer does not wait for those that are still being written.
      _removeFile: (_request, _file, done) => done(null),
    },
    streamHandler(request, parser) {
      parser.on('file', refuseNameless(fail)).on('field', countFields(limits, fail));
      // It would read a refused body to its end before it says so.
      parser.once('unpipe', () => request.destroy());
      request.pipe(parser);
    },
  };
}

function partOf({ fieldname, originalname, mimetype }: Express.Multer.File): FilePart {
  return { name: fieldname, filename: originalname, mediaType: mimetype };
}

/** Multer skips a file without a name; browsers send one for an input left empty, and only that may pass. */
function refuseNameless(fail: (error: unknown) => void) {
  return (name: string | undefined, bytes: Readable, { filename }: { filename?: string }) => {
    if (filename !== undefined && filename !== '') return;
    bytes.once('data', () => fail(wrongPart(name ?? '', 'must have a filename', 'filename')));
  };
}

function countFields(limits: MultipartLimits, fail: (error: unknown) => void) {
  let total = 0;
  return (_name: unknown, value: string | undefined) => {
    total += value?.length ?? 0;
    if (total > limits.fieldSize) fail(fieldsTooLarge(limits));
  };
}
