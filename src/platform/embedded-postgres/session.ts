// The first conversation with a ready server.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { SUPERUSER } from './cluster.ts';
import type { Postmaster } from './postmaster.ts';

const DATABASE = 'accord';
const CONNECT_TIMEOUT_MS = 10_000;
/** A connection that was closed a moment ago may still be listed. */
const GOODBYE_MS = 500;
const POLL_MS = 50;
const NO_SUCH_DATABASE = '3D000';
const MADE_BY_ANOTHER_PROCESS = ['42P04', '23505'];

/** URL of the application's database, or of another one of the same server. */
export function urlOf({ port }: Postmaster, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the application's database unless it is there, and tells whether the server keeps what it commits. */
export async function prepareDatabase(server: Postmaster, password: string): Promise<{ durable: boolean }> {
  try {
    return { durable: (await ask(urlOf(server, password), 'show fsync')) === 'on' };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error;
  }
  await ask(urlOf(server, password, 'postgres'), `create database ${DATABASE}`).catch(ignoreFasterProcess);
  return prepareDatabase(server, password);
}

/** Whether anybody but us is connected. A server that does not even answer that has nobody left to lose. */
export async function hasClients(server: Postmaster, password: string): Promise<boolean> {
  const others = "select count(*)::int from pg_stat_activity where backend_type = 'client backend'";
  for (const deadline = Date.now() + GOODBYE_MS; ; await sleep(POLL_MS)) {
    const count = await ask(urlOf(server, password), `${others} and pid <> pg_backend_pid()`).catch(() => 0);
    if (count === 0) return false;
    if (Date.now() > deadline) return true;
  }
}

/** Runs one statement on a connection of its own and returns the first value. */
async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ssl: false,
  });
  client.on('error', () => undefined); // a lost connection rejects the query; it must not end the process
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

function ignoreFasterProcess(error: unknown): void {
  if (error instanceof DatabaseError && MADE_BY_ANOTHER_PROCESS.includes(error.code ?? '')) return;
  throw error;
}
