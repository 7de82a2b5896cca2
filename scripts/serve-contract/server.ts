/** Serves a booted document on this machine. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { contractMiddleware } from '#contract';
import type { Contract } from '#contract';
import type { Caller } from './credentials.ts';

export interface Listening {
  /** With the prefix of the document: `http://127.0.0.1:4011/api/v1`. */
  readonly url: string;
  /** Without it. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Port 0 takes any free one. Rejects when the port is taken. */
export async function listen(contract: Contract<Caller>, port: number): Promise<Listening> {
  const app = express().disable('x-powered-by');
  app.use(contractMiddleware(contract, { requestOf: (req) => ({ id: randomUUID(), ip: req.ip ?? '' }) }));
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url: origin + contract.prefix,
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
