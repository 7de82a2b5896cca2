// Kysely's PostgreSQL driver with what its own lacks: named statements, BEGIN without a round trip of its own,
// and no broken connection back in the pool (after a read timeout the old query still runs on it).
import type { DatabaseConnection, Driver } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { PgConnection } from './connection.ts';
import type { NameOf } from './statement-names.ts';

/** A Kysely driver over our own pool. */
export function createDriver(pool: Pool, nameOf: NameOf): Driver {
  const connections = new WeakMap<PoolClient, PgConnection>();

  function connectionOf(client: PoolClient): PgConnection {
    const known = connections.get(client);
    if (known) return known;
    const connection = new PgConnection(client, nameOf);
    connections.set(client, connection);
    return connection;
  }

  return {
    init: async () => {},
    acquireConnection: async () => connectionOf(await pool.connect()),
    beginTransaction: (connection, settings) => ours(connection).begin(settings),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    releaseConnection: async (connection) => ours(connection).release(),
    destroy: () => pool.end(),
  };
}

function ours(connection: DatabaseConnection): PgConnection {
  if (connection instanceof PgConnection) return connection;
  throw new TypeError('This connection belongs to another driver.');
}
