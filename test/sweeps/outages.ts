/** What `startApp` can be started with so that requests fail which are right in themselves. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import type { KyselyPlugin } from 'kysely';
import { Registry } from 'prom-client';
import type { Platform } from '#app';
import { parseContract } from '#contract';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { OutboundError } from '#platform/outbound/outbound-error.ts';
import type { OutboundOptions } from '#platform/outbound/outbound.ts';
import { createPasswords } from '#platform/passwords.ts';
import { StorageFull } from '#platform/storage/storage.ts';
import { outboundTo } from '../support/sources.ts';

/** What the server must keep to itself. */
export const innermost = 'the innermost secret of the driver';

export interface FailingDatabase {
  readonly change: (platform: Platform) => Pick<Platform, 'db' | 'outbound'>;
  /** So many statements more succeed, and all after them fail, until `recover`. */
  failAfter(statements: number): void;
  recover(): void;
}

/**
 * A database whose driver throws what is no error of a database: a bug, to everybody above it. With it fail the calls
 * to others: an operation that asks them may need no statement of its own.
 */
export function failingDatabase(): FailingDatabase {
  let left = Infinity;
  const target = () => ({
    async getJson(): Promise<never> {
      throw new TypeError(innermost);
    },
  });
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      left -= 1;
      if (left < 0) throw new TypeError(innermost);
      return result;
    },
  };
  return {
    change: ({ db, outbound }) => ({ db: db.withPlugin(plugin), outbound: { ...outbound, target } }),
    failAfter: (statements) => (left = statements),
    recover: () => (left = Infinity),
  };
}

/** A database at a port where nobody listens. */
export async function absentDatabase(): Promise<Pick<Platform, 'db' | 'pool'>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  server.close();
  await once(server, 'close');
  const pool = createPool({ url: `postgres://nobody@127.0.0.1:${port}/nothing` });
  return { pool, db: createDatabase(pool) };
}

/** Nobody may hash a password, as when too many are signing in. */
export function busyPasswords(): Pick<Platform, 'passwords'> {
  return { passwords: createPasswords({ running: 0, waiting: 0 }) };
}

/** Other servers that answer, and not with what was asked for. */
export const failingSources: Change = (platform) =>
  sourcesThat(platform, (_request, response) => {
    response.writeHead(404).end();
  });

/** Other servers that never answer. */
export const silentSources: Change = (platform) => sourcesThat(platform, () => undefined, { timeoutMs: 200 });

/** Other servers that cannot be reached. */
export const absentSources: Change = (platform) =>
  sourcesThat(platform, () => undefined, {
    connect: (_options, callback) => {
      const options = { outcome: 'unavailable' } as const;
      callback(new OutboundError('it cannot be reached', options), null);
    },
  });

/** No other servers at all. */
export const noSources: (platform: Platform) => Pick<Platform, 'config'> = ({ config }) => ({
  config: { ...config, external: { sources: [] } },
});

type Change = (platform: Platform) => Pick<Platform, 'outbound'>;

function sourcesThat(
  { clock, log }: Platform,
  answer: RequestListener,
  options: Partial<OutboundOptions> = {},
): Pick<Platform, 'outbound'> {
  return { outbound: outboundTo(answer, { clock, log, registry: new Registry(), ...options }) };
}

/** The limits of the contract, each of them reached by its second request. */
export function strictLimiter({ clock }: Platform): Pick<Platform, 'limiter'> {
  const limiter = createMemoryLimiter({ clock });
  return { limiter: { consume: (key, rule) => limiter.consume(key, { ...rule, limit: 1 }) } };
}

/** The contract with the scope of superusers wherever it asks for any: so the token of a user has too few. */
export function forSuperusersOnly({ document }: Platform): Pick<Platform, 'document'> {
  const demand = (key: string, value: unknown) => {
    const isSecured = key === 'security' && Array.isArray(value) && value.length > 0;
    return isSecured ? [{ oauth2: ['superuser'] }] : value;
  };
  return { document: parseContract(JSON.stringify(document, demand)) };
}

/** A store that takes nothing more. */
export function fullStorage({ storage }: Platform): Partial<Platform> {
  const write = () => Promise.reject(new StorageFull('no room'));
  return { storage: { ...storage, write } };
}
