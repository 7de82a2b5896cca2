/** A file of the site: read on first use, then kept, and sent with an entity tag, compressed where it helps. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  /** Names this content and no other. */
  readonly hash: string;
}

export type LazyAsset = () => Promise<Asset>;

const compress = promisify(gzip);

/** Reads and compresses once, however many ask at the same time; a failure is not kept. */
export function lazyAsset(type: string, read: () => string | Promise<string>): LazyAsset {
  let asset: Promise<Asset> | undefined;
  return () => {
    asset ??= loadAsset(type, read).catch((error: unknown) => {
      asset = undefined;
      throw error;
    });
    return asset;
  };
}

async function loadAsset(type: string, read: () => string | Promise<string>): Promise<Asset> {
  const body = Buffer.from(await read());
  return { type, body, compressed: await compress(body), hash: hashOf(body) };
}

/** Short enough for a URL, long enough never to meet another. */
export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}

/** Sends it, or a 304. Each encoding has its own tag, as RFC 9110 wants of a strong one. */
export function sendAsset(req: Request, res: Response, { type, body, compressed, hash }: Asset): void {
  const isCompressed = req.acceptsEncodings('gzip', 'identity') === 'gzip';
  res.setHeader('Content-Type', type);
  res.setHeader('ETag', isCompressed ? `"${hash}-gzip"` : `"${hash}"`);
  res.vary('Accept-Encoding');
  if (isCompressed) res.setHeader('Content-Encoding', 'gzip');
  res.send(isCompressed ? compressed : body);
}
