/** Where uploaded files go, and how many of them one user may keep. */
import * as parse from './parse.ts';
import type { createSettingReader } from './read-setting.ts';
import { readS3 } from './s3.ts';
import type { S3Config } from './s3.ts';

export type UploadsConfig = Readonly<{
  /** Absent: a folder below the checkout. */
  folder: string | undefined;
  /** Absent: files are kept in the folder. */
  s3: S3Config | undefined;
  /** Of all files of a user together. */
  quotaBytes: number;
}>;

const mebibyte = 1_048_576;

export function readUploads(env: ReturnType<typeof createSettingReader>): UploadsConfig {
  return Object.freeze({
    folder: env.read('UPLOAD_DIR', parse.filePath, undefined),
    s3: readS3(env),
    quotaBytes: mebibyte * env.read('UPLOAD_QUOTA_MIB', parse.wholeNumber(1, 1_000_000_000), 10_240),
  });
}
