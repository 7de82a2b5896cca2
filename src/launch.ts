/** The platform of a process, started in order; the lifecycle keeps the reverse order for closing. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';
import type { Platform } from './app.ts';
import { jobDefinitions } from './background.ts';
import { parseContract } from '#contract';
import type { ContractDocument } from '#contract';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { createLifecycle } from '#platform/lifecycle.ts';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import type { Metrics } from '#platform/metrics.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import { createPasswords } from '#platform/passwords.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { createSocketServer } from '#platform/realtime/socket-server.ts';
import { databaseUrlOf, explainStart, migrateOrExplain, secretKeyOf } from './start.ts';
import type { Starting } from './start.ts';

export interface Launched {
  readonly platform: Platform;
  readonly starting: Starting;
  /** Of the database: for what needs connections of its own. */
  readonly databaseUrl: string;
}

/** Starts the platform on an up-to-date database, then `run`. When one of them fails, everything is closed again. */
export async function launch(
  config: Config,
  root: string,
  run: (launched: Launched) => Promise<void>,
): Promise<void> {
  const starting = startingOf(config, root);
  const { lifecycle } = starting;
  // At once: whoever presses Ctrl-C while it starts must not leave a database running.
  lifecycle.exitOnSignals();
  try {
    await run(await startPlatform(config, starting));
  } catch (error) {
    await lifecycle.close();
    throw await explainStart(error, root);
  }
}

/** Brings the database up to date and ends. */
export async function migrate(config: Config, root: string): Promise<void> {
  const starting = startingOf(config, root);
  try {
    await migrateOrExplain(await databaseUrlOf(config, starting), starting.log);
  } finally {
    await starting.lifecycle.close();
  }
}

function startingOf(config: Config, root: string): Starting {
  const isTerminal = process.stdout.isTTY;
  const log = createLogger({
    level: config.logLevel,
    pretty: config.environment === 'development' && isTerminal,
    buffered: config.environment === 'production',
  });
  return { root, log, lifecycle: createLifecycle(log) };
}

async function startPlatform(config: Config, starting: Starting): Promise<Launched> {
  const { root, log, lifecycle } = starting;
  const secretKey = await secretKeyOf(config, root);
  const databaseUrl = await databaseUrlOf(config, starting);
  await migrateOrExplain(databaseUrl, log);
  const pool = startPool(databaseUrl, config, starting);
  const db = createDatabase(pool, { namedStatements: config.database.namedStatements });
  const metrics = createMetrics();
  lifecycle.add('metrics', () => metrics.close());
  const jobs = createJobs({ url: databaseUrl, log, definitions: jobDefinitions });
  lifecycle.add('jobs', () => jobs.close());
  const bus = createPostgresBus({ url: databaseUrl, log });
  lifecycle.add('bus', () => bus.close());
  const platform: Platform = {
    config: { ...config, auth: { ...config.auth, secretKey } },
    document: await readContract(root),
    log,
    metrics,
    pool,
    db,
    passwords: createPasswords(),
    clock: systemClock,
    limiter: createMemoryLimiter({ clock: systemClock }),
    jobs,
    storage: await openStorage(config, starting),
    bus,
    sockets: createSocketServer({ log, metrics, protocol: 'accord.v1' }),
    outbound: startOutbound(metrics, config, starting),
    isReady: lifecycle.isReady,
  };
  return { platform, starting, databaseUrl };
}

function startPool(url: string, { database }: Config, { log, lifecycle }: Starting): Pool {
  const onConnectionError = (err: Error) => {
    log.warn({ err }, 'a database connection was lost');
  };
  const pool = createPool({ url, size: database.poolSize, onConnectionError });
  lifecycle.add('pool', () => pool.end());
  return pool;
}

/** A production that loses its files with its container should know it from the start. */
async function openStorage(
  { environment, uploads }: Config,
  { root, log, lifecycle }: Starting,
): Promise<Storage> {
  if (uploads.s3) {
    // On use: whoever keeps files in a folder does not wait for the library of S3 at the start.
    const { createS3Storage } = await import('#platform/storage/s3-storage.ts');
    const storage = createS3Storage(uploads.s3);
    lifecycle.add('storage', () => storage.close());
    return storage;
  }
  const folder = path.resolve(root, uploads.folder ?? '.data/uploads');
  if (uploads.folder === undefined && environment === 'production') {
    log.warn({ folder }, 'UPLOAD_DIR is not set: uploaded files are kept below the program');
  }
  return createLocalStorage(folder);
}

function startOutbound({ registry }: Metrics, { outbound }: Config, { log, lifecycle }: Starting): Outbound {
  const { allowedNetworks } = outbound;
  const client = createOutbound({ clock: systemClock, log, registry, allowedNetworks });
  lifecycle.add('outbound', () => client.close());
  return client;
}

async function readContract(root: string): Promise<ContractDocument> {
  return parseContract(await readFile(`${root}generated/openapi.json`, 'utf8'));
}
