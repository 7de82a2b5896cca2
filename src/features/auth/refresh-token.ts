/** Refresh tokens: opaque, random, and kept only as a hash. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as text that fits a URL or a form. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps. A plain SHA-256 is enough: nobody can guess 256 random bits. */
export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
