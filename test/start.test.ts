/** The program as a process: what it says when it cannot start, and how it ends. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createTestDatabase } from './support/database.ts';
import type { TestDatabase } from './support/database.ts';
import { testSecret } from './support/app.ts';
import { endPrograms, launch } from './support/program.ts';

const production = { NODE_ENV: 'production', SECRET_KEY: testSecret, HOST: '127.0.0.1', PORT: '0' };

/** How `serve` ends that cannot start. */
const serve = (environment: Readonly<Record<string, string>>) => launch(['serve'], environment).ended;

const databases: TestDatabase[] = [];

async function ownDatabase(): Promise<{ DATABASE_URL: string }> {
  const database = await createTestDatabase();
  databases.push(database);
  return { DATABASE_URL: database.url };
}

afterEach(async () => {
  await endPrograms();
  for (const database of databases.splice(0)) await database.drop();
});

describe('settings', () => {
  test('every fault is told at once, without a stack, with exit code 1', async () => {
    const ended = await serve({ NODE_ENV: 'production', PORT: 'abc', LOG_LEVEL: 'loud' });
    expect(ended.code).toBe(1);
    for (const name of ['SECRET_KEY', 'DATABASE_URL', 'PORT', 'LOG_LEVEL'])
      expect(ended.stderr).toContain(name);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.stdout).toBe('');
  });

  test('a weak key is refused in production, and not shown', async () => {
    const SECRET_KEY = 'changeme-changeme-changeme-changeme';
    const ended = await serve({ ...production, SECRET_KEY, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('SECRET_KEY');
    expect(ended.stderr).not.toContain(SECRET_KEY);
  });
});

describe('what it stands on', () => {
  test('an unreachable database is one sentence without the password', async () => {
    const ended = await serve({ ...production, DATABASE_URL: 'postgres://ada:hidden@127.0.0.1:1/shop' });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^The database at 127\.0\.0\.1:1\/shop cannot be used: .*ECONNREFUSED.*\. Check DATABASE_URL\.\n$/,
    );
    expect(ended.stderr).not.toContain('hidden');
  });

  test('a taken port is one sentence', async () => {
    const { port, close } = await takenPort();
    const ended = await serve({ ...production, ...(await ownDatabase()), PORT: String(port) }).finally(close);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      `Port ${port} is taken on 127.0.0.1. Stop the program that uses it, or set PORT.\n`,
    );
  });

  test('a certificate that cannot be read is one sentence', async () => {
    const tls = { TLS_CERT: '/nowhere/cert.pem', TLS_KEY: '/nowhere/key.pem' };
    const ended = await serve({ ...production, ...tls, ...(await ownDatabase()) });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('/nowhere/');
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('running', () => {
  test('serves, seeds the first superuser, and ends with code 0 on SIGTERM', async () => {
    const superuser = { FIRST_SUPERUSER: 'root@example.com', FIRST_SUPERUSER_PASSWORD: 'First-Horse-1' };
    const program = launch(['serve'], { ...production, ...superuser, ...(await ownDatabase()) });
    const url = await program.url();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const login = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'root@example.com', password: 'First-Horse-1' }),
    });
    expect(await login.json()).toMatchObject({ scope: 'user superuser' });
    program.kill('SIGTERM');
    const { code, stdout, stderr } = await program.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('First-Horse-1');
  });

  test('ends what it prints in development with the addresses and the login', async () => {
    const database = await createTestDatabase();
    const development = { NODE_ENV: 'development', SECRET_KEY: testSecret, HOST: '127.0.0.1', PORT: '0' };
    const program = launch(['serve'], { ...development, DATABASE_URL: database.url });
    const printed = await program.printed(/sign in .*\n\n/);
    expect(printed).toMatch(
      /the first superuser was created.*\n[^{]*sign in {2}admin@example\.com \/ Admin123\n\n$/s,
    );
    program.kill('SIGTERM');
    expect((await program.ended).code).toBe(0);
    await database.drop();
  });

  test('an unknown command is refused with the usage', async () => {
    const ended = await launch(['dance'], {}).ended;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('There is no command dance.');
    expect(ended.stderr).toContain('Usage:');
  });
});

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { port, close: () => server.close() };
}
