import { Pool } from 'pg';
import { databaseTypes } from './types.ts';

export interface PoolOptions {
  /** A `postgres://` URL. Its own parameters (`?statement_timeout=…`) win over the options here. */
  url: string;
  size?: number;
  applicationName?: string;
  connectTimeoutMs?: number;
  /** 0 switches it off, as for the other limits. */
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  idleInTransactionTimeoutMs?: number;
  /** Told of every connection that dies, busy or idle. The pool replaces it by itself. */
  onConnectionError?: (error: Error) => void;
}

/** How much longer the client waits than the server: the server's own timeout is the better error. */
const READ_TIMEOUT_MARGIN_MS = 2_000;

/**
 * A pool on which nothing waits for ever: connecting, waiting for a lock, running and sitting idle inside a
 * transaction all have an end, and a server that no longer answers gives an error instead of a hang.
 * The limits travel as startup parameters: PgBouncer must be told to ignore them (`ignore_startup_parameters`).
 */
export function createPool({ url, onConnectionError = () => {}, ...options }: PoolOptions): Pool {
  const pool = new Pool({ connectionString: url, types: databaseTypes(), ...poolSettings(options) });
  // Both are needed: the pool's listener is removed from a connection while it is in use, and an 'error' event
  // without a listener (a backend killed between two statements) ends the process.
  pool.on('connect', (client) => client.on('error', onConnectionError));
  pool.on('error', () => {});
  return pool;
}

function poolSettings({
  size = 10,
  applicationName = 'accord',
  connectTimeoutMs = 5_000,
  statementTimeoutMs = 10_000,
  lockTimeoutMs = 5_000,
  idleInTransactionTimeoutMs = 15_000,
}: Omit<PoolOptions, 'url' | 'onConnectionError'>) {
  return {
    max: size,
    application_name: applicationName,
    options: '-c timezone=UTC',
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    query_timeout: statementTimeoutMs && statementTimeoutMs + READ_TIMEOUT_MARGIN_MS,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
