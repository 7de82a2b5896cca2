/** The site alone, without an API behind it, on a port of its own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { parseContract } from '#contract';
import { siteRouter } from '#site/site.ts';
import type { SiteOptions } from '#site/site.ts';

export const document = parseContract(await readFile('generated/openapi.json', 'utf8'));

export const listedOrigin = 'https://shop.example';

/** The site as src/app.ts mounts it: after the request's id, the strict policy and CORS, before everything else. */
function siteApp(options: SiteOptions): Server {
  const app = express().set('etag', false);
  app.use((req, res, next) => {
    req.id = 'request-of-a-test';
    res.set({ 'X-Request-ID': 'request-of-a-test', 'Content-Security-Policy': "default-src 'none'" });
    if (req.get('Origin') === listedOrigin) {
      res.set({ 'Access-Control-Allow-Origin': listedOrigin, 'Access-Control-Allow-Credentials': 'true' });
    }
    next();
  });
  app.use(siteRouter(options));
  app.use((_req, res) => {
    res.status(404).send('nothing of the site');
  });
  return createServer(app);
}

/** Serves the site during the tests of this file. */
export function useSite(options: SiteOptions): { readonly url: string } {
  const server = siteApp(options);
  beforeAll(() => listening(server));
  afterAll(() => closed(server));
  return { get url() { return urlOf(server); } }; // prettier-ignore
}

/** One page of another site. */
export async function visit(path: string, options: SiteOptions, headers: Record<string, string> = {}) {
  const server = siteApp(options);
  await listening(server);
  const origin = urlOf(server);
  const response = await request(origin).get(path).set(headers);
  await closed(server);
  return { status: response.status, text: response.text, headers: response.headers, origin };
}

function listening(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => { resolve(); }); // prettier-ignore
  server.closeAllConnections();
  return promise;
}

function urlOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
}

/** The body as it came, whatever its type. */
export function collect(response: request.Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => { done(null, Buffer.concat(chunks)); }); // prettier-ignore
}
