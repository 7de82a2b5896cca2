/** Where uploaded files go, and how many of them one user may keep. */
import * as parse from './parse.ts';
import type { createSettingReader } from './read-setting.ts';

export type UploadsConfig = Readonly<{
  /** Absent: a folder below the checkout. */
  folder: string | undefined;
  /** Of all files of a user together. */
  quotaBytes: number;
}>;

const mebibyte = 1_048_576;

export function readUploads(env: ReturnType<typeof createSettingReader>): UploadsConfig {
  return Object.freeze({
    folder: env.read('UPLOAD_DIR', parse.filePath, undefined),
    quotaBytes: mebibyte * env.read('UPLOAD_QUOTA_MIB', parse.wholeNumber(1, 1_000_000_000), 10_240),
  });
}
