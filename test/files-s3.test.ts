/** The same files over HTTP where their bytes are kept in a bucket. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createS3Storage } from '#platform/storage/s3-storage.ts';
import type { S3Storage } from '#platform/storage/s3-storage.ts';
import { startApp } from './support/app.ts';
import { people } from './support/people.ts';
import { missingS3Server, startS3Server } from './support/s3.ts';
import type { S3Server } from './support/s3.ts';
import { file, sha256, upload } from './support/uploads.ts';

const onS3 = missingS3Server === undefined ? describe : describe.skip;
const suffix = missingS3Server === undefined ? '' : ` (skipped: ${missingS3Server})`;

onS3(`with a bucket${suffix}`, () => {
  let server: S3Server;
  let storage: S3Storage;

  beforeAll(async () => {
    server = await startS3Server();
    storage = createS3Storage(server.config);
  }, 60_000);
  afterAll(async () => {
    storage.close();
    await server.stop();
  });

  test('a file is uploaded, downloaded whole and in part, and nothing is kept in the folder', async () => {
    const app = await startApp(() => ({ storage }));
    const { ada } = await people(app);
    const content = randomBytes(6 * 1_048_576);
    const { status, body } = await upload(ada, file('big.bin', content, 'application/octet-stream'));
    expect(status).toBe(201);
    expect(body.items[0]).toMatchObject({ size: content.length, sha256: sha256(content) });
    const place = `/files/${body.items[0].id}/content`;
    expect(sha256((await ada.get(place)).body)).toBe(sha256(content));
    const part = await ada.get(place, { Range: 'bytes=5-9' });
    expect(part.status).toBe(206);
    expect(part.body).toEqual(content.subarray(5, 10));
    await app.stop();
  });

  test('a store that is gone is a 503 for who uploads, and no row is left', async () => {
    const gone = createS3Storage({ ...server.config, endpoint: 'http://127.0.0.1:1' });
    const app = await startApp(() => ({ storage: gone }));
    const { ada } = await people(app);
    const reply = await upload(ada, file('note.txt', 'Feed the cat.'));
    expect(reply.status).toBe(503);
    expect((await ada.get('/files')).body.items).toEqual([]);
    gone.close();
    await app.stop();
  });
});
