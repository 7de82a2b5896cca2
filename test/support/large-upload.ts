/** A form with one file of any size, which is never in memory as a whole. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Served } from './served.ts';

const boundary = 'boundary-of-a-large-upload';
const piece = randomBytes(1_048_576);

export interface Uploaded {
  readonly status: number;
  readonly body: unknown;
  /** Of what was sent. */
  readonly sha256: string;
}

/** Sends so many MiB to `uploadFiles`, as fast as they are taken. */
export async function uploadMebibytes(
  { api, authorization }: Pick<Served, 'api' | 'authorization'>,
  count: number,
): Promise<Uploaded> {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="large.bin"\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const outgoing = request(`${api}/files`, {
    method: 'POST',
    headers: {
      Authorization: authorization,
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': head.length + count * piece.length + tail.length,
    },
  });
  const replied = Promise.withResolvers<IncomingMessage>();
  // A server that refuses the rest may close while it is being sent: the reply counts.
  outgoing.once('response', replied.resolve).on('error', replied.reject);
  const hash = createHash('sha256');
  outgoing.write(head);
  for (let index = 0; index < count && !outgoing.destroyed; index++) {
    hash.update(piece);
    if (!outgoing.write(piece)) await Promise.race([once(outgoing, 'drain'), replied.promise]);
  }
  outgoing.end(tail);
  const reply = await replied.promise;
  const body: unknown = JSON.parse(await text(reply));
  return { status: reply.statusCode ?? 0, body, sha256: hash.digest('hex') };
}
