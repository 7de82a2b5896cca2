/** The settings of the S3 store: all of them that are needed, or none, and the secret in no message. */
import { expect, test } from '@jest/globals';
import { ConfigError, readConfig } from '#platform/config.ts';

const keys = { S3_ACCESS_KEY_ID: 'accord', S3_SECRET_ACCESS_KEY: 'a-secret' };

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

test('without a bucket files are kept in a folder', () => {
  expect(readConfig({}).uploads.s3).toBeUndefined();
});

test('a bucket and two keys are a store of AWS', () => {
  expect(readConfig({ S3_BUCKET: 'files', ...keys }).uploads.s3).toEqual({
    bucket: 'files',
    endpoint: undefined,
    region: 'us-east-1',
    accessKeyId: 'accord',
    secretAccessKey: 'a-secret',
    forcePathStyle: false,
  });
});

test('another store has its buckets in the path, unless told otherwise', () => {
  const env = { S3_BUCKET: 'files', ...keys, S3_ENDPOINT: 'http://127.0.0.1:8333', S3_REGION: 'eu-1' };
  expect(readConfig(env).uploads.s3).toMatchObject({ forcePathStyle: true, region: 'eu-1' });
  expect(readConfig({ ...env, S3_FORCE_PATH_STYLE: 'off' }).uploads.s3).toMatchObject({
    endpoint: 'http://127.0.0.1:8333',
    forcePathStyle: false,
  });
});

test.each([
  [{ S3_BUCKET: 'files' }, 'S3_ACCESS_KEY_ID is missing'],
  [{ S3_BUCKET: 'files' }, 'S3_SECRET_ACCESS_KEY is missing'],
  [{ ...keys }, 'S3_BUCKET is missing'],
  [{ S3_REGION: 'eu-1' }, 'S3_BUCKET is missing'],
  [{ S3_BUCKET: 'Not a bucket', ...keys }, 'S3_BUCKET is "Not a bucket"'],
  [{ S3_BUCKET: 'files', ...keys, S3_ENDPOINT: 's3.example.com' }, 'S3_ENDPOINT is not a URL'],
  [{ S3_BUCKET: 'files', ...keys, S3_ENDPOINT: 'ftp://s3.example.com' }, 'S3_ENDPOINT is not a URL'],
])('%j is refused: %s', (env, fault) => {
  expect(faultsOf(env)).toContain(fault);
});

test('no message shows a login', () => {
  const text = faultsOf({ ...keys, S3_ENDPOINT: 'https://user:hidden@s3.example.com' });
  expect(text).toContain('S3_ENDPOINT');
  expect(text).not.toMatch(/a-secret|hidden/);
});
