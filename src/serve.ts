/** The order of starting; the lifecycle keeps the reverse order for closing. */
import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { createApp } from './app.ts';
import type { Platform } from './app.ts';
import { parseContract } from '#contract';
import type { CompiledValidators, ContractDocument } from '#contract';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { createHttpServer, drain, listen } from '#platform/http-server.ts';
import { createLifecycle } from '#platform/lifecycle.ts';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createPasswords } from '#platform/passwords.ts';
import { seedSuperuser } from '#features/users/seed.ts';
import { readTlsFiles } from '#platform/tls-files.ts';
import { databaseUrlOf, explainStart, explained, migrateOrExplain, secretKeyOf } from './start.ts';
import type { Starting } from './start.ts';

/** How long running requests may take to end after SIGTERM. */
const drainMs = 10_000;

/** Serves until a signal comes. Throws, with everything closed again, when it cannot start. */
export async function serve(config: Config, root: string): Promise<void> {
  const starting = startingOf(config, root);
  const { lifecycle } = starting;
  // At once: whoever presses Ctrl-C while it starts must not leave a database running.
  lifecycle.exitOnSignals();
  try {
    const tls = await explained(() => config.http.tls && readTlsFiles(config.http.tls));
    const platform = await startPlatform(config, starting);
    const server = createHttpServer(await createApp(platform), { tls });
    const { url } = await explained(() => listen(server, config.http));
    lifecycle.add('http', () => drain(server, { graceMs: drainMs }), { limitMs: drainMs + 2_000 });
    lifecycle.markReady();
    announce(url, platform);
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

async function startPlatform(config: Config, starting: Starting): Promise<Platform> {
  const { root, log, lifecycle } = starting;
  const secretKey = await secretKeyOf(config, root);
  const url = await databaseUrlOf(config, starting);
  await migrateOrExplain(url, log);
  const pool = startPool(url, config, starting);
  const metrics = createMetrics();
  lifecycle.add('metrics', () => metrics.close());
  const platform: Platform = {
    config: { ...config, auth: { ...config.auth, secretKey } },
    document: await readContract(root),
    validators: await loadValidators(config),
    log,
    metrics,
    pool,
    db: createDatabase(pool, { namedStatements: config.database.namedStatements }),
    passwords: createPasswords(),
    clock: systemClock,
    limiter: createMemoryLimiter({ clock: systemClock }),
    isReady: lifecycle.isReady,
  };
  await seed(platform);
  return platform;
}

function startPool(url: string, { database }: Config, { log, lifecycle }: Starting): Pool {
  const onConnectionError = (err: Error) => {
    log.warn({ err }, 'a database connection was lost');
  };
  const pool = createPool({ url, size: database.poolSize, onConnectionError });
  lifecycle.add('pool', () => pool.end());
  return pool;
}

async function readContract(root: string): Promise<ContractDocument> {
  return parseContract(await readFile(`${root}generated/openapi.json`, 'utf8'));
}

/** Development compiles: `make dev` restarts for each saved contract, before the rest of generated/ follows. */
async function loadValidators({ environment }: Config): Promise<CompiledValidators | undefined> {
  return environment === 'development' ? undefined : import('#generated/validators.js');
}

async function seed(platform: Platform): Promise<void> {
  const { config, log } = platform;
  if (!config.firstSuperuser) return;
  const outcome = await seedSuperuser(platform, config.firstSuperuser);
  if (outcome === 'created') log.info('the first superuser was created');
  if (outcome === 'address_taken')
    log.warn('FIRST_SUPERUSER has an account that is no superuser: nothing was changed');
}

/** For people in development, for a log in production; `ready` is for the program that started this one. */
function announce(url: string, { config, document, log }: Platform): void {
  const { title, version } = document.info;
  if (config.environment === 'production') log.info({ url, version }, `${title} serves`);
  else process.stdout.write(welcome(url, `${title} ${version}`, config.firstSuperuser));
  process.send?.('ready');
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

function welcome(url: string, name: string, login: Config['firstSuperuser']): string {
  const password = login?.isWellKnown ? login.password : '(FIRST_SUPERUSER_PASSWORD)';
  const signIn = login ? `\n  sign in  ${login.email} / ${password}` : '';
  return `
  ${name} serves at ${url}

  API      ${url}/api/v1
  docs     ${url}/docs and ${url}/redoc${signIn}

`;
}
