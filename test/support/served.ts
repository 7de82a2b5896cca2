/** The program as it serves in production, on a database of its own, with somebody who is signed in. */
import { randomBytes } from 'node:crypto';
import { withTemporaryPostgres } from '../../scripts/generate/temporary-postgres.ts';
import { launch } from './program.ts';

export interface Served {
  /** With the prefix of the API. */
  readonly api: string;
  readonly databaseUrl: string;
  readonly authorization: string;
  /** The resident memory of the server, in bytes. */
  residentBytes(): Promise<number>;
}

const login = { username: 'admin@example.com', password: 'Correct-Horse-1' };

/** The server is stopped when `use` ends. */
export function withServed<T>(
  settings: Readonly<Record<string, string>>,
  use: (served: Served) => Promise<T>,
): Promise<T> {
  return withTemporaryPostgres(async (databaseUrl) => {
    const program = launch(['serve'], {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      SECRET_KEY: randomBytes(48).toString('base64'),
      DATABASE_URL: databaseUrl,
      FIRST_SUPERUSER: login.username,
      FIRST_SUPERUSER_PASSWORD: login.password,
      ...settings,
    });
    try {
      const url = await program.url();
      const api = `${url}/api/v1`;
      const authorization = `Bearer ${await accessToken(api)}`;
      return await use({ api, databaseUrl, authorization, residentBytes: () => residentBytes(url) });
    } finally {
      program.kill('SIGTERM');
      await program.ended;
    }
  });
}

async function accessToken(api: string): Promise<string> {
  const reply = await fetch(`${api}/auth/login`, { method: 'POST', body: new URLSearchParams(login) });
  const body: unknown = await reply.json();
  if (typeof body === 'object' && body !== null && 'access_token' in body) return String(body.access_token);
  throw new Error(`The sign-in failed: ${reply.status} ${JSON.stringify(body)}`);
}

async function residentBytes(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}
