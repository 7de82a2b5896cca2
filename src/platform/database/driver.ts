// Kysely's PostgreSQL driver with what its own lacks: named statements, BEGIN without a round trip of its own,
// and no broken connection back in the pool (after a read timeout the old query still runs on it).
import type { ConnectionProvider, DatabaseConnection, Driver } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { PgConnection } from './connection.ts';
import type { NameOf } from './statement-names.ts';

/** What Kysely needs of our own pool: the driver for its transactions, the provider for its queries. */
export function createDriver(
  pool: Pool,
  nameOf: NameOf,
): { driver: Driver; connections: ConnectionProvider } {
  const known = new WeakMap<PoolClient, PgConnection>();

  async function acquire(): Promise<PgConnection> {
    const client = await pool.connect();
    const connection = known.get(client) ?? new PgConnection(client, nameOf);
    known.set(client, connection);
    return connection;
  }

  const driver: Driver = {
    init: async () => {},
    acquireConnection: acquire,
    beginTransaction: (connection, settings) => ours(connection).begin(settings),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    releaseConnection: async (connection) => ours(connection).release(),
    destroy: () => pool.end(),
  };
  return { driver, connections: { provideConnection: (use) => lend(acquire, use) } };
}

async function lend<T>(
  acquire: () => Promise<PgConnection>,
  use: (connection: DatabaseConnection) => Promise<T>,
): Promise<T> {
  const connection = await acquire();
  try {
    return await use(connection);
  } finally {
    connection.release();
  }
}

function ours(connection: DatabaseConnection): PgConnection {
  if (connection instanceof PgConnection) return connection;
  throw new TypeError('This connection belongs to another driver.');
}
