// The server that the tests use: the one of TEST_DATABASE_URL, or an embedded one of this run's own.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';

export interface TestServer {
  /** Of a database on it from which others can be created. */
  url: string;
  stop: () => Promise<void>;
}

const FOLDER = fileURLToPath(new URL('../../.data/', import.meta.url));
const SLOTS = 8;

export async function startTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { url, stop: async () => {} };

  const { dataDir, release } = await claimDataDir();
  const server = await startEmbeddedPostgres({ dataDir, durability: 'disposable' });
  return { url: server.url, stop: () => server.stop().finally(release) };
}

/** The cluster is kept for the next run, which starts in a moment then. Runs at the same time take different ones. */
async function claimDataDir(): Promise<{ dataDir: string; release: () => Promise<void> }> {
  await mkdir(FOLDER, { recursive: true });
  for (let slot = 1; slot <= SLOTS; slot++) {
    const dataDir = `${FOLDER}test-postgres-${slot}`;
    const lock = `${dataDir}.lock`;
    if (await claim(lock)) return { dataDir, release: () => rm(lock, { force: true }) };
  }
  throw new Error(`${SLOTS} test runs are going on in this checkout. Wait, or remove ${FOLDER}*.lock.`);
}

async function claim(lock: string): Promise<boolean> {
  if (await isHeld(lock)) return false;
  await rm(lock, { force: true });
  return writeFile(lock, String(process.pid), { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

async function isHeld(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
  return owner > 0 && isAlive(owner);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
