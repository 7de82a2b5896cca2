/** Starts the API with open limits as a child process, on a database that is there already. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asNode } from './contract.ts';
import type { Vitals } from './watch-process.ts';

export interface OpenServer extends AsyncDisposable {
  readonly url: string;
  /** What it cost since `resetVitals`, or since its start. */
  vitals(): Promise<Vitals>;
  resetVitals(): Promise<Vitals>;
  /** Lines of the log from `error` on, oldest first. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

export interface OpenServerOptions {
  readonly databaseUrl: string;
  readonly secretKey: string;
  readonly port?: number;
  /** Of Node, such as --expose-gc: `resetVitals` then counts only what is in use. */
  readonly execArgv?: readonly string[];
}

const program = fileURLToPath(new URL('server.ts', import.meta.url));

/** Rejects when the server ends instead of listening. */
export async function startOpenServer({
  databaseUrl,
  secretKey,
  port = 0,
  execArgv = [],
}: OpenServerOptions): Promise<OpenServer> {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: databaseUrl,
    SECRET_KEY: secretKey,
    PORT: String(port),
  };
  const child = fork(program, { env, execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  const errors: string[] = [];
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => errors.push(...text.split('\n').filter(Boolean)));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The server ended:\n${errors.join('\n')}`);
  });
  ended.catch(() => undefined);
  const heard = async (): Promise<unknown> => {
    const heardOf: readonly unknown[] = await Promise.race([once(child, 'message'), ended]);
    return heardOf[0];
  };
  const ask = (question: string) => {
    child.send(question);
    return heard().then(vitalsOf);
  };
  const url = urlOf(await heard());
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended.catch(() => undefined);
  };
  return {
    url,
    errors,
    stop,
    vitals: () => ask('read'),
    resetVitals: () => ask('reset'),
    [Symbol.asyncDispose]: stop,
  };
}

function urlOf(message: unknown): string {
  const { url } = asNode(message);
  if (typeof url === 'string') return url;
  throw new Error(`The server said ${JSON.stringify(message)} instead of its address.`);
}

function vitalsOf(message: unknown): Vitals {
  const { delayMs, busyMs, rssBytes } = asNode(message);
  return { delayMs: Number(delayMs), busyMs: Number(busyMs), rssBytes: Number(rssBytes) };
}
