/** The S3-compatible store of the uploaded files, or none. */
import * as parse from './parse.ts';
import type { createSettingReader } from './read-setting.ts';

export type S3Config = Readonly<{
  bucket: string;
  /** Absent: AWS's own. */
  endpoint: string | undefined;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The bucket stands in the path of a URL, not in the name of its host. */
  forcePathStyle: boolean;
}>;

type Reader = ReturnType<typeof createSettingReader>;

const others = [
  'S3_ENDPOINT',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'S3_FORCE_PATH_STYLE',
] as const;

export function readS3(env: Reader): S3Config | undefined {
  const bucket = env.read('S3_BUCKET', parse.bucketName, undefined);
  const endpoint = env.read('S3_ENDPOINT', parse.httpUrl, undefined);
  const region = env.read('S3_REGION', parse.hostName, 'us-east-1');
  const forcePathStyle = env.read('S3_FORCE_PATH_STYLE', parse.onOrOff, endpoint !== undefined);
  if (!env.given('S3_BUCKET')) {
    if (others.some((name) => env.given(name))) {
      env.fault('S3_BUCKET', 'is missing: other S3 settings are set.');
    }
    return undefined;
  }
  const accessKeyId = required(env, 'S3_ACCESS_KEY_ID');
  const secretAccessKey = required(env, 'S3_SECRET_ACCESS_KEY');
  return Object.freeze({
    bucket: bucket ?? '',
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    forcePathStyle,
  });
}

function required(env: Reader, name: 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'): string {
  if (!env.given(name)) env.fault(name, 'is missing: S3_BUCKET is set.');
  return env.read(name, (text) => text, '');
}
