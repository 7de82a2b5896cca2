import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/embedded-postgres.ts';

// A space and a letter beyond ASCII, as a person's home may have.
const base = await mkdtemp(join(tmpdir(), 'embedded postgrés-'));
const dataDir = join(base, 'main');
const started: EmbeddedPostgres[] = [];

jest.setTimeout(60_000); // initdb takes a second, several on a busy machine

beforeAll(async () => {
  const { stop } = await start({ dataDir, durability: 'durable' });
  await stop();
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(base, { recursive: true, force: true });
});

describe('an embedded PostgreSQL', () => {
  test('starts, knows all of Unicode and runs in UTC', async () => {
    const { url, stop } = await start({ dataDir, durability: 'durable' });
    expect(await ask(url, `select lower('ÄÉΩ') || ' ' || current_setting('timezone')`)).toBe('äéω UTC');
    await stop();
  });

  test('keeps its data and its password over stop and start', async () => {
    const first = await start({ dataDir, durability: 'durable' });
    await ask(first.url, `create table lamp as select 'green' as colour`);
    await first.stop();

    const second = await start({ dataDir, durability: 'durable' });
    expect(await ask(second.url, 'select colour from lamp')).toBe('green');
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await second.stop();
  });

  test('is adopted when its launcher was killed', async () => {
    const orphan = await startAndKillLauncher({ dataDir, durability: 'durable' });
    const notices: string[] = [];

    const adopted = await start({ dataDir, durability: 'durable', onNotice: (text) => notices.push(text) });

    expect(notices).toEqual([expect.stringContaining('already runs')]);
    expect(adopted.url).toBe(orphan.url);
    await adopted.stop();
    await expect(ask(orphan.url, 'select 1')).rejects.toThrow();
  });

  test('is shared by launchers that start at the same moment', async () => {
    const [one, two] = await Promise.all([
      start({ dataDir, durability: 'durable' }),
      start({ dataDir, durability: 'durable' }),
    ]);
    expect(one.url).toBe(two.url);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('starts although the process id in its stale file now belongs to another program', async () => {
    await writeFile(pidFile(dataDir), `${process.pid}\n${dataDir}\n0\n1\n\n127.0.0.1\n0 0\nready\n`);
    const { url, stop } = await start({ dataDir, durability: 'durable' });
    expect(await ask(url, 'select 1')).toBe(1);
    await stop();
  });

  test('goes on when one of two programs that use it stops, and ends with the other', async () => {
    const [first, second] = [
      await start({ dataDir, durability: 'durable' }),
      await start({ dataDir, durability: 'durable' }),
    ];
    const client = new Client({ connectionString: first.url });
    await client.connect();
    await second.stop();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await first.stop();
    await gone(pidFile(dataDir));
  });

  test('recovers after a crash of the whole server', async () => {
    const { url } = await start({ dataDir, durability: 'durable' });
    await ask(url, `create table crash as select 'before' as moment`);
    process.kill(Number((await readFile(pidFile(dataDir), 'utf8')).split('\n')[0]), 'SIGKILL');

    const recovered = await start({ dataDir, durability: 'durable' });
    expect(await ask(recovered.url, 'select moment from crash')).toBe('before');
    await recovered.stop();
  });

  test('that is disposable ends with its launcher', async () => {
    const folder = join(base, 'disposable');
    await startAndKillLauncher({ dataDir: folder, durability: 'disposable' });
    await gone(pidFile(folder));
    expect(await readdir(folder)).toEqual(['cluster', 'postgres.log']);
  });

  test('removes what a killed first initialisation left', async () => {
    const folder = join(base, 'half-made');
    const deadPid = await pidOfEndedProcess();
    await mkdir(join(folder, `initialising-${deadPid}-0000-x`, 'cluster'), { recursive: true });

    await start({ dataDir: folder, durability: 'disposable' });

    expect(await readdir(folder)).toEqual(['cluster', 'postgres.log']);
  });
});

describe('an embedded PostgreSQL refuses, and says what to do,', () => {
  test('data of another major version', async () => {
    const folder = join(base, 'older');
    await mkdir(join(folder, 'cluster'), { recursive: true });
    await writeFile(join(folder, 'cluster', 'PG_VERSION'), '17\n');
    await expect(start({ dataDir: folder, durability: 'durable' })).rejects.toThrow(
      /is of PostgreSQL 17, this is PostgreSQL 18\. Move .* away/,
    );
  });

  test('a folder that cannot be made', async () => {
    const file = join(base, 'file');
    await writeFile(file, '');
    await expect(start({ dataDir: join(file, 'data'), durability: 'durable' })).rejects.toThrow(
      /Cannot keep PostgreSQL's data in .*Choose another folder/,
    );
  });

  test('a folder that is not a cluster of its own', async () => {
    const folder = join(base, 'foreign');
    await mkdir(join(folder, 'cluster'), { recursive: true });
    await writeFile(join(folder, 'cluster', 'holiday.jpg'), '');
    await expect(start({ dataDir: folder, durability: 'durable' })).rejects.toThrow(/Move it away/);
    expect(await readdir(join(folder, 'cluster'))).toEqual(['holiday.jpg']);
  });
});

type Options = Parameters<typeof startEmbeddedPostgres>[0];

async function start(options: Options): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(options);
  started.push(server);
  return server;
}

async function startAndKillLauncher(options: Options): Promise<{ url: string }> {
  const script = `
    import { startEmbeddedPostgres } from '#platform/embedded-postgres.ts';
    const { url } = await startEmbeddedPostgres(${JSON.stringify(options)});
    console.log(url);
    setInterval(() => {}, 1000);`;
  const launcher = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url]: unknown[] = await once(launcher.stdout, 'data');
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');
  return { url: String(url).trim() };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const pidFile = (folder: string) => join(folder, 'cluster', 'postmaster.pid');

async function gone(path: string): Promise<void> {
  while (await readFile(path).then(Boolean, () => false)) await sleep(20);
}

async function pidOfEndedProcess(): Promise<number | undefined> {
  const ended = spawn('true');
  await once(ended, 'exit');
  return ended.pid;
}
