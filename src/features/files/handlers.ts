import { etagOf, matchesNone, notFound, unauthorized } from '#contract';
import type { HandlerOf, HandlersOf, Principal, StoredFile } from '#api';
import type { Db } from '#platform/database/database.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import type { ByteRange, Storage } from '#platform/storage/storage.ts';
import { byUuid, streamOf, streamRequest } from '../streams.ts';
import { attachment } from './attachment.ts';
import { checkImage } from './image-check.ts';
import { removeFiles } from './jobs.ts';
import { quotaExceeded } from './problems.ts';
import { deleteFile, findFile, insertFiles, listFiles, lockOwner, usedBytes } from './queries.ts';
import type { FileKey, FileRow } from './queries.ts';
import { rangeIn } from './range.ts';

interface Needs {
  readonly storage: Storage;
  readonly jobs: Jobs;
  /** Of all files of a user together. */
  readonly quotaBytes: number;
}

/** A file is never changed: this is its version for ever. */
const etag = etagOf({ version: 1 });

export function fileHandlers({ storage, jobs, quotaBytes }: Needs): HandlersOf<'files'> {
  return {
    listFiles: async ({ query, principal, db }, reply) => {
      const request = streamRequest(query, byUuid);
      const files = await listFiles(db, principal.user.id, request);
      return reply(
        200,
        streamOf(files, request, ({ created_at: at, id }) => ({ at, id })),
      );
    },

    uploadFiles: async (request, reply) => {
      const items = await keepFiles(request.body.files, request, quotaBytes);
      return reply(201, { items }, { ETag: etag, Location: `${request.path}/${items[0]?.id ?? ''}` });
    },

    uploadImage: async (request, reply) => {
      const { body, path } = request;
      await checkImage(body.file, storage);
      const [image] = await keepFiles([body.file], request, quotaBytes);
      if (!image) throw new Error('One file was kept, and there is none.');
      return reply(201, image, { ETag: etag, Location: `${path.replace(/images$/, '')}${image.id}` });
    },

    getFile: async ({ params, principal, db }, reply) => {
      const file = await existingFile(db, keyOf(params.file_id, principal));
      return reply(200, file, { ETag: etag });
    },

    downloadFile: async (request, reply) => {
      const file = await existingFile(request.db, keyOf(request.params.file_id, request.principal));
      const headers = downloadHeaders(file);
      const range = rangeFor(request, file);
      if (!range)
        return reply(200, await contentOf(file, storage), { ...headers, 'Content-Length': file.size });
      const { start, end } = range;
      return reply(206, await storage.read(file.id, range), {
        ...headers,
        'Content-Length': end - start + 1,
        'Content-Range': `bytes ${start}-${end}/${file.size}`,
      });
    },

    deleteFile: ({ params, principal, transaction }, reply) =>
      transaction(async (trx) => {
        if (!(await deleteFile(trx, keyOf(params.file_id, principal)))) {
          throw notFound('File', params.file_id);
        }
        await jobs.enqueue(trx, removeFiles, {});
        return reply(204);
      }),
  };
}

type Upload = Pick<
  Parameters<HandlerOf<'uploadFiles' | 'uploadImage'>>[0],
  'principal' | 'transaction' | 'clock'
>;

/** Bytes that are kept become files of the caller, all of them or none. */
function keepFiles(
  stored: readonly StoredFile[],
  { principal, transaction, clock }: Upload,
  quotaBytes: number,
): Promise<FileRow[]> {
  const owner_id = principal.user.id;
  const created_at = clock.now().toISOString();
  const files = stored.map(({ id, filename, mediaType, size, sha256 }) => {
    return { id, owner_id, filename, content_type: mediaTypeOf(mediaType), size, sha256, created_at };
  });
  return transaction(async (trx) => {
    // The account was deleted since its token was checked: the token is worth nothing any more.
    if (!(await lockOwner(trx, owner_id))) throw unauthorized();
    const added = files.reduce((total, { size }) => total + size, 0);
    if ((await usedBytes(trx, owner_id)) + added > quotaBytes) throw quotaExceeded(quotaBytes);
    await insertFiles(trx, files);
    return files;
  });
}

/** What the client said, if it is a media type at all. */
function mediaTypeOf(text: string): string {
  return /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}$/.test(text) ? text : 'application/octet-stream';
}

/** Throws 404. */
async function existingFile(db: Db, key: FileKey): Promise<FileRow> {
  const file = await findFile(db, key);
  if (!file) throw notFound('File', key.id);
  return file;
}

/** A user reaches their own files only; to anybody else a file does not exist. */
function keyOf(id: string, { user }: Principal): FileKey {
  return { id, ownerId: user.is_superuser ? undefined : user.id };
}

/** Whatever the bytes are, a browser keeps them; that it does not run them is said with every reply. */
function downloadHeaders(file: FileRow) {
  return {
    'Accept-Ranges': 'bytes',
    'Content-Disposition': attachment(file.filename),
    ETag: contentTag(file),
  } as const;
}

function contentTag({ sha256 }: FileRow): string {
  return `"${sha256}"`;
}

/** Undefined: the whole file. Whoever has the file already, or asks by HEAD, is not asked for a range. */
function rangeFor(
  { headers, method }: Parameters<HandlerOf<'downloadFile'>>[0],
  file: FileRow,
): ByteRange | undefined {
  const { 'If-None-Match': known, 'If-Range': condition } = headers;
  const tag = contentTag(file);
  const isKnown = known !== undefined && !matchesNone(known, tag);
  const isOutdated = condition !== undefined && condition !== tag;
  return method === 'GET' && !isKnown && !isOutdated ? rangeIn(headers.Range, file.size) : undefined;
}

async function contentOf({ id, size }: FileRow, storage: Storage) {
  return size === 0 ? Buffer.alloc(0) : storage.read(id, { start: 0, end: size - 1 });
}
