/** Sends a workload to a server by a client in a process of its own, and tells what came back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closeOf } from './peer.ts';

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Each sends one request at a time. */
  readonly connections: number;
  readonly requests: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** How many replies had which status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without any reply. */
  readonly failures: number;
}

export interface LoadClient extends AsyncDisposable {
  send(load: Load): Promise<LoadResult>;
}

const program = fileURLToPath(new URL('peers/client.ts', import.meta.url));

/** One load after the other: it is one client. */
export function startClient(signal: AbortSignal): LoadClient {
  const child = spawn(process.execPath, [program], { signal, stdio: ['pipe', 'pipe', 'inherit'] });
  child.on('error', () => undefined); // It comes with an abort; `close` follows.
  const ended = closeOf(child);
  const lines = createInterface({ input: child.stdout });
  return {
    async send(load) {
      const line = Promise.race([once(lines, 'line'), ended]);
      child.stdin.write(`${JSON.stringify(load)}\n`);
      const heard = await line;
      if (!heard) throw new Error('The client that sends the load has ended.');
      const result: unknown = JSON.parse(String(heard[0]));
      if (!isResult(result)) throw new Error('The client that sends the load said something else.');
      return result;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The share of requests that got another status than this, or no reply at all. */
export function errorShare({ statuses, failures }: LoadResult, status: number): number {
  const good = statuses[status] ?? 0;
  const replies = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return 1 - good / (replies + failures);
}

function isResult(value: unknown): value is LoadResult {
  return typeof value === 'object' && value !== null && 'statuses' in value;
}
