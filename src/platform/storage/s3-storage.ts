/** Files in a bucket of an S3-compatible store. Imported only where one is set: the library is large. */
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import type { S3Config } from '#platform/config/s3.ts';
import { checkedFileId, isFileId } from './file-id.ts';
import { asStorageFault } from './s3-faults.ts';
import { uploadsUnderWay } from './s3-uploads.ts';
import { StorageUnavailable } from './storage.ts';
import type { Storage, StoredBytes } from './storage.ts';

export interface S3Storage extends Storage {
  /** Gives its connections back. */
  close(): void;
}

export interface S3Timeouts {
  readonly connectMs: number;
  /** From the end of a request to its answer. */
  readonly answerMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
}

const patient: S3Timeouts = { connectMs: 5_000, answerMs: 30_000, idleMs: 60_000 };

/** The least that S3 takes; all that a write keeps in memory. 10,000 of them are more than the largest upload. */
const partBytes = 5 * 1_048_576;

/** The key of a file is its id. The bucket must be there. */
export function createS3Storage(config: S3Config, timeouts = patient): S3Storage {
  const client = createClient(config, timeouts);
  const { bucket } = config;
  const place = (id: string) => ({ Bucket: bucket, Key: checkedFileId(id) });

  return {
    async write(id, bytes) {
      const source = watched(bytes);
      const params = { ...place(id), Body: source.bytes };
      // One part at a time: a second one could still arrive after the upload was aborted for the first.
      const upload = new Upload({ client, params, partSize: partBytes, queueSize: 1 });
      try {
        await upload.done();
      } catch (error) {
        const failure = source.failure();
        throw failure ? failure.cause : asStorageFault(error);
      } finally {
        source.bytes.destroy();
      }
    },

    async read(id, { start, end }) {
      const command = new GetObjectCommand({ ...place(id), Range: `bytes=${start}-${end}` });
      const { Body: body, ContentLength: length } = await orFault(client.send(command));
      if (body instanceof Readable && length === end - start + 1) return body;
      if (body instanceof Readable) body.destroy();
      throw new StorageUnavailable(`The store has sent ${length} bytes of ${start} to ${end}.`);
    },

    async remove(id) {
      const uploads = uploadsUnderWay(client, { bucket, prefix: checkedFileId(id) });
      for await (const { uploadId } of uploads) {
        await orFault(client.send(new AbortMultipartUploadCommand({ ...place(id), UploadId: uploadId })));
      }
      await orFault(client.send(new DeleteObjectCommand(place(id))));
    },

    async *list() {
      yield* objectsIn(client, bucket);
      for await (const { key, startedAt } of uploadsUnderWay(client, { bucket })) {
        if (isFileId(key)) yield { id: key, changedAt: startedAt };
      }
    },

    close: () => client.destroy(),
  };
}

function createClient(config: S3Config, { connectMs, answerMs, idleMs }: S3Timeouts): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle } = config;
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 3,
    // Stores other than AWS's do not know the checksums that the client would add.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: idleMs,
    },
  });
}

async function* objectsIn(client: S3Client, bucket: string): AsyncGenerator<StoredBytes> {
  for await (const { Key: id, LastModified: changedAt } of listed(client, bucket)) {
    if (id !== undefined && changedAt && isFileId(id)) yield { id, changedAt };
  }
}

async function* listed(client: S3Client, bucket: string) {
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket }))
      yield* page.Contents ?? [];
  } catch (error) {
    throw asStorageFault(error);
  }
}

/** The same bytes, with what they failed of told apart from what the store fails of. */
function watched(bytes: AsyncIterable<Uint8Array>) {
  let failure: { readonly cause: unknown } | undefined;
  const watch = async function* () {
    try {
      yield* bytes;
    } catch (cause) {
      failure = { cause };
      throw cause;
    }
  };
  const stream = Readable.from(watch(), { objectMode: false });
  // It may fail while nobody reads it: the upload hears of it when it reads on.
  stream.on('error', () => undefined);
  return { bytes: stream, failure: () => failure };
}

async function orFault<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asStorageFault(error);
  }
}
