import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { asStorageFault } from './s3-faults.ts';

/** Parts that are no object yet: of a write that goes on, or of a crash. They are in no list of objects. */
export interface UploadUnderWay {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date;
}

interface Scope {
  readonly bucket: string;
  readonly prefix?: string;
}

export async function* uploadsUnderWay(
  client: S3Client,
  { bucket, prefix }: Scope,
): AsyncGenerator<UploadUnderWay> {
  let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (after) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...after,
    });
    const page = await client.send(command).catch((error: unknown) => {
      throw asStorageFault(error);
    });
    for (const { Key: key, UploadId: uploadId, Initiated: startedAt } of page.Uploads ?? []) {
      if (key !== undefined && uploadId !== undefined && startedAt) yield { key, uploadId, startedAt };
    }
    // A store that gives no place to go on from would be asked for the same page for ever.
    after =
      page.IsTruncated && page.NextKeyMarker
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
}
