/** Cross-origin requests: an exact list of origins, which may send credentials and read our headers. */
import cors from 'cors';
import type { RequestHandler } from 'express';

/** Headers of our replies that a page of another origin may read. */
const exposedHeaders = [
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Server-Timing',
  'Sunset',
  'WWW-Authenticate',
  'X-Process-Time',
  'X-Request-ID',
];

const preflightSeconds = 600;

/** A page of any other origin gets no CORS header at all, and its browser refuses it the reply. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const handle = cors({
    origin: [...origins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: preflightSeconds,
  });
  return (req, res, next) => {
    const { origin } = req.headers;
    // A plain OPTIONS is no preflight: the contract answers it with the methods of the path.
    const isPlainOptions = req.method === 'OPTIONS' && !req.headers['access-control-request-method'];
    if (origin !== undefined && origins.includes(origin) && !isPlainOptions) handle(req, res, next);
    else {
      res.vary('Origin');
      next();
    }
  };
}
