/** Takes the files of uploads while they arrive, and no more of them than their owner has left. */
import { createHash, randomUUID } from 'node:crypto';
import { fieldErrorAt, requestTimeout, validationFailed } from '#contract';
import type { Exchange, FilePart, FileSinks } from '#contract';
import type { KeptBytes, Principal } from '#api';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { Storage } from '#platform/storage/storage.ts';
import { quotaExceeded } from './problems.ts';
import { usedBytes } from './queries.ts';

interface Options {
  readonly storage: Storage;
  readonly db: Db;
  readonly clock: Clock;
  /** Of all files of a user together. */
  readonly quotaBytes: number;
}

/** Half of the age at which bytes without a row count as left behind. */
const longestUploadMs = 12 * 3_600_000;

/** As many as the column holds. */
const longestName = 1000;

/**
 * Keeps each file under a new id. What an owner has left is looked up once for each request and ends it early; that
 * several requests at once stay below the quota is seen to where their rows are inserted.
 */
export function createFileSinks(options: Options): FileSinks<Principal, KeptBytes> {
  const { storage } = options;
  const allowances = new WeakMap<Exchange<Principal>, Promise<Allowance>>();
  const allowanceOf = (exchange: Exchange<Principal>) => {
    const known = allowances.get(exchange) ?? allowanceFor(exchange, options);
    allowances.set(exchange, known);
    return known;
  };
  return {
    async open(part, exchange) {
      refuseLongName(part);
      const allowance = await allowanceOf(exchange);
      const id = randomUUID();
      return {
        async write(bytes) {
          const hash = createHash('sha256');
          await storage.write(id, seenBy(bytes, { hash, allowance }));
          return { id, sha256: hash.digest('hex') };
        },
        discard: () => storage.remove(id),
      };
    },
  };
}

/** What one request may still store. */
interface Allowance {
  /** Throws 413 when it is used up, 408 when it took too long. */
  spend(bytes: number): void;
}

async function allowanceFor(
  { principal }: Exchange<Principal>,
  { db, clock, quotaBytes }: Options,
): Promise<Allowance> {
  if (!principal) throw new Error('Files are taken from somebody who is signed in, and from nobody else.');
  let left = quotaBytes - (await usedBytes(db, principal.user.id));
  const end = clock.now().getTime() + longestUploadMs;
  return {
    spend(bytes) {
      left -= bytes;
      if (left < 0) throw quotaExceeded(quotaBytes);
      if (clock.now().getTime() > end) throw requestTimeout();
    },
  };
}

async function* seenBy(
  bytes: AsyncIterable<Buffer>,
  { hash, allowance }: { hash: ReturnType<typeof createHash>; allowance: Allowance },
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    allowance.spend(chunk.length);
    hash.update(chunk);
    yield chunk;
  }
}

function refuseLongName({ name, filename }: FilePart): void {
  if (filename.length <= longestName) return;
  const message = `must NOT have a filename of more than ${longestName} characters`;
  throw validationFailed([fieldErrorAt('body', `/${name}`, { message, type: 'maxLength' })]);
}
