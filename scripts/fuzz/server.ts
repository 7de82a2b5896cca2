// The API as a process of its own, with limits that refuse nobody; it watches itself and tells its parent.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '#app';
import { jobDefinitions } from '#background';
import { parseContract } from '#contract';
import { createPostgresBus } from '#platform/bus/postgres-bus.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPasswords } from '#platform/passwords.ts';
import { readConfig } from '#platform/config.ts';
import { createLocalStorage } from '#platform/storage/local-storage.ts';
import { createSocketServer } from '#platform/realtime/socket-server.ts';
import { openLimiter } from '../../test/support/limiter.ts';
import { asInTheStory, outboundTo, storySourceUrls } from '../../test/support/sources.ts';
import { watchProcess } from './watch-process.ts';

const databaseUrl = process.env['DATABASE_URL'] ?? '';
const secretKey = process.env['SECRET_KEY'] ?? '';

const config = readConfig({
  NODE_ENV: 'test',
  SECRET_KEY: secretKey,
  EXTERNAL_DATA_URLS: storySourceUrls,
});
const clock = { now: () => new Date() };
// Only what is the server's own fault: the parent shows it next to the request.
const log = createLogger({ level: 'error', destination: process.stderr });
const metrics = createMetrics();
const outbound = outboundTo(asInTheStory, { clock, log, registry: metrics.registry });
const pool = createPool({ url: databaseUrl, size: 10, applicationName: 'accord-fuzz' });
const db = createDatabase(pool);
const jobs = createJobs({ url: databaseUrl, log, definitions: jobDefinitions });
const uploadFolder = await mkdtemp(path.join(tmpdir(), 'accord-fuzz-'));
const bus = createPostgresBus({ url: databaseUrl, log });
const sockets = createSocketServer({ log, metrics, protocol: 'accord.v1' });
const server = createHttpServer(
  await createApp({
    config: { ...config, auth: { ...config.auth, secretKey } },
    document: parseContract(await readFile('generated/openapi.json', 'utf8')),
    log,
    metrics,
    pool,
    db,
    // The real thing, made cheap.
    passwords: createPasswords({ cost: { memoryCost: 64, timeCost: 1, parallelism: 1 } }),
    clock,
    limiter: openLimiter(),
    jobs,
    storage: createLocalStorage(uploadFolder),
    bus,
    outbound,
    sockets,
    isReady: () => true,
  }),
  { sockets },
);
const { url } = await listen(server, { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) });
const watch = watchProcess();
process.send?.({ url });

process.on('message', (message) => {
  if (message === 'reset') watch.reset();
  process.send?.(watch.read());
});
// A parent that is gone needs no server.
process.once('disconnect', () => void stop());
process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  await sockets.close();
  await drain(server, { graceMs: 1_000 });
  await jobs.close();
  await bus.close();
  await outbound.close();
  await pool.end();
  await rm(uploadFolder, { recursive: true, force: true });
  process.exit();
}
