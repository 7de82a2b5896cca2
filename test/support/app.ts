/** The real application for one test file: its own database, its own port, and nothing left behind. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import * as validators from '#generated/validators.js';
import { createApp } from '#app';
import { jobDefinitions } from '#background';
import { parseContract } from '#contract';
import type { Platform } from '#app';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { readConfig } from '#platform/config.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPasswords } from '#platform/passwords.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { createSocketServer } from '#platform/realtime/socket-server.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { testClock } from './clock.ts';
import type { TestClock } from './clock.ts';
import type { CheckOptions } from './contract-check.ts';
import { openLimiter } from './limiter.ts';
import { recordingLog } from './log.ts';
import type { LogLine } from './log.ts';
import { asInTheStory, outboundTo, storySourceUrls } from './sources.ts';

/** At least 32 random-looking bytes, as the settings demand. */
export const testSecret = 'k7Qm2vX9pR4tZ8wB1nL6sD3fG5hJ0yCe';

export interface TestApp extends CheckOptions {
  readonly url: string;
  readonly platform: Platform;
  /** For what connects by itself, as a worker does. */
  readonly databaseUrl: string;
  /** Where uploaded files are. */
  readonly uploadFolder: string;
  readonly clock: TestClock;
  /** What was logged so far, one object a line. */
  readonly logged: readonly LogLine[];
}

export interface RunningApp extends TestApp, AsyncDisposable {
  stop(): Promise<void>;
}

/** Replaces parts of the platform, as production would be configured differently. */
type Change = (platform: Platform) => Partial<Platform>;

interface AppOptions extends CheckOptions {
  /** A database that somebody else makes and drops; without it, a new one. */
  readonly database?: Pick<TestDatabase, 'url'>;
}

const asItIs: Change = () => ({});

/** Starts the application before the tests of a file and stops it after them; only then can it be used. */
export function useApp(change = asItIs): TestApp {
  let running: RunningApp | undefined;
  const current = () => {
    if (!running) throw new Error('The application runs inside of tests only.');
    return running;
  };
  beforeAll(async () => {
    running = await startApp(change);
  });
  afterAll(async () => {
    await running?.stop();
  });
  return {
    get url() { return current().url; },
    get platform() { return current().platform; },
    get databaseUrl() { return current().databaseUrl; },
    get uploadFolder() { return current().uploadFolder; },
    get clock() { return current().clock; },
    get logged() { return current().logged; },
  }; // prettier-ignore
}

/** For one test: `await using app = await startApp()` stops it at the end, whether the test passes or fails. */
export async function startApp(change = asItIs, options: AppOptions = {}): Promise<RunningApp> {
  const { internalErrors = 'refused' } = options;
  const own = options.database ? undefined : await createTestDatabase();
  const { log, lines } = recordingLog();
  const clock = testClock();
  const databaseUrl = (options.database ?? own)?.url ?? '';
  const uploadFolder = await mkdtemp(path.join(tmpdir(), 'accord-uploads-'));
  const standard = await testPlatform({ databaseUrl, uploadFolder }, { log, clock });
  const changed = { ...standard, ...change(standard) };
  // Another contract has none that were compiled before.
  const platform = changed.document === standard.document ? { ...changed, validators } : changed;
  const server = createHttpServer(await createApp(platform), { sockets: platform.sockets });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= stopApp(server, platform, { database: own, uploadFolder }));
  return {
    url,
    platform,
    databaseUrl,
    uploadFolder,
    clock,
    logged: lines,
    internalErrors,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface Places {
  readonly databaseUrl: string;
  readonly uploadFolder: string;
}

async function testPlatform(
  { databaseUrl: url, uploadFolder }: Places,
  { log, clock }: Pick<Platform, 'log' | 'clock'>,
): Promise<Platform> {
  const config = readConfig({
    NODE_ENV: 'test',
    SECRET_KEY: testSecret,
    LOG_LEVEL: 'debug',
    EXTERNAL_DATA_URLS: storySourceUrls,
  });
  const metrics = createMetrics();
  const pool = createPool({ url, size: 5, applicationName: 'accord-test' });
  const db = createDatabase(pool);
  return {
    config: { ...config, auth: { ...config.auth, secretKey: testSecret } },
    document: parseContract(await readFile('generated/openapi.json', 'utf8')),
    log,
    metrics,
    pool,
    db,
    // The real thing, made cheap: most tests sign people in and are about something else.
    passwords: createPasswords({ cost: { memoryCost: 64, timeCost: 1, parallelism: 1 } }),
    clock,
    limiter: openLimiter(),
    jobs: createJobs({ url, log, definitions: jobDefinitions }),
    storage: createLocalStorage(uploadFolder),
    bus: createPostgresBus({ url, log }),
    outbound: outboundTo(asInTheStory, { clock, log, registry: metrics.registry }),
    sockets: createSocketServer({ log, metrics, protocol: 'accord.v1', closeMs: 500 }),
    isReady: () => true,
  };
}

async function stopApp(
  server: Server,
  { pool, metrics, jobs, bus, outbound, sockets }: Platform,
  { database, uploadFolder }: { database: TestDatabase | undefined; uploadFolder: string },
) {
  await sockets.close();
  await drain(server, { graceMs: 1_000 });
  const left = connectionsInUse(pool);
  await outbound.close();
  metrics.close();
  await bus.close();
  await jobs.close();
  await pool.end();
  await database?.drop();
  await rm(uploadFolder, { recursive: true, force: true });
  // The leak check: a request that is over must have given its connection back.
  expect(left).toEqual({ busyConnections: 0, waiting: 0 });
}

function connectionsInUse({ totalCount, idleCount, waitingCount }: Pool) {
  return { busyConnections: totalCount - idleCount, waiting: waitingCount };
}
