/** What starting needs besides the platform itself: secrets, a database, and words for what goes wrong. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { ContractError, faultReport, StaleValidators } from '#contract';
import type { Config } from '#platform/config.ts';
import { secretKey } from '#platform/config/secrets.ts';
import { classifyDatabaseError } from '#platform/database/faults.ts';
import { migrateDatabase } from '#platform/migrate.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import type { Logger } from '#platform/log.ts';

/** A fault whose message says what happened and what to do; a stack trace would only hide it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface Starting {
  /** The folder of the checkout, with a slash at its end. */
  readonly root: string;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** Runs a step whose errors are already written for people. */
export async function explained<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw new StartError(reasonOf(cause), { cause });
  }
}

function reasonOf(cause: unknown): string {
  return Error.isError(cause) ? cause.message : String(cause);
}

/** Contract faults and start faults speak for themselves; anything else is a bug and keeps its stack. */
export async function explainStart(error: unknown, root: string): Promise<unknown> {
  if (error instanceof StaleValidators)
    return new StartError(`${error.message} Run \`make generate\`.`, { cause: error });
  if (!(error instanceof ContractError)) return error;
  return new StartError(await toldInSources(error, root), { cause: error });
}

/** Each fault with file and line where the YAML of the contract is at hand; production has only the bundle. */
async function toldInSources(error: ContractError, root: string): Promise<string> {
  try {
    // Loaded on demand: reading YAML is nothing that a start without faults should pay for.
    const { readYamlPlaces } = await import('#platform/yaml-places.ts');
    const placeOf = await readYamlPlaces(root, error.document);
    return placeOf ? faultReport(error.details, placeOf) : error.message;
  } catch {
    return error.message; // What is wrong counts for more than the line that it is in.
  }
}

/** The configured key, or outside production one that is made once and kept. */
export async function secretKeyOf({ auth }: Config, root: string): Promise<string> {
  if (auth.secretKey !== undefined) return auth.secretKey;
  const file = `${root}.data/secret-key`;
  try {
    await mkdir(`${root}.data`, { recursive: true });
    if (!existsSync(file)) await writeOnce(file, randomBytes(48).toString('base64'));
    return secretKey(await readFile(file, 'utf8'));
  } catch (cause) {
    const advice = 'Make the folder writable for this user, delete the file, or set SECRET_KEY.';
    const reason = `The key of the access tokens in ${file} cannot be used: ${reasonOf(cause)}.`;
    throw new StartError(`${reason} ${advice}`, { cause });
  }
}

/** All of the text or nothing, also when two start at once: the first to link its file wins. */
async function writeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}-${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await link(draft, file).catch(ignoreExisting);
  } finally {
    await rm(draft, { force: true });
  }
}

function ignoreExisting(error: unknown): void {
  if (!(Error.isError(error) && 'code' in error && error.code === 'EEXIST')) throw error;
}

/** The configured database, or outside production an embedded one that the lifecycle stops again. */
export async function databaseUrlOf(
  { database }: Config,
  { root, log, lifecycle }: Starting,
): Promise<string> {
  if (database.url !== undefined) return database.url;
  return explained(async () => {
    // A development dependency: production has a DATABASE_URL and never comes here.
    const { startEmbeddedPostgres } = await import('#platform/embedded-postgres.ts');
    const onNotice = (message: string) => {
      log.info(message);
    };
    const server = await startEmbeddedPostgres({
      dataDir: `${root}.data/postgres`,
      durability: 'durable',
      onNotice,
    });
    lifecycle.add('postgres', () => server.stop());
    return server.url;
  });
}

/** Migrates, and says in one sentence why it could not. */
export async function migrateOrExplain(url: string, log: Logger): Promise<void> {
  try {
    await migrateDatabase({
      url,
      log: (message) => {
        log.info(message);
      },
    });
  } catch (cause) {
    const reason = reasonOf(cause);
    const origin = Error.isError(cause) ? (cause.cause ?? cause) : cause;
    const isAway = classifyDatabaseError(origin)?.kind === 'unavailable';
    const message = isAway
      ? `The database at ${placeOf(url)} cannot be used: ${reason}. Check DATABASE_URL.`
      : reason;
    throw new StartError(message, { cause });
  }
}

/** Host, port and database, without user and password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
