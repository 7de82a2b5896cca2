// Sends requests and measures them: a load as one line of JSON on stdin, its result as one line on stdout.
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { Client } from 'undici';
import type { Load, LoadResult } from '../load.ts';

// One program for the whole run: its own code is compiled once, and is no slower for the peer that comes first.
for await (const line of createInterface({ input: process.stdin })) {
  const load: Load = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await send(load))}\n`);
}

interface Tally {
  readonly latencies: number[];
  readonly statuses: Record<string, number>;
  failures: number;
  sent: number;
}

async function send(load: Load): Promise<LoadResult> {
  const tally: Tally = { latencies: [], statuses: {}, failures: 0, sent: 0 };
  // One client is one connection, with one request at a time.
  const clients = Array.from({ length: load.connections }, () => new Client(load.url, { pipelining: 1 }));
  const startedAt = performance.now();
  await Promise.all(clients.map((client) => sendInTurn(client, load, tally)));
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(clients.map((client) => client.close()));
  const { statuses, failures } = tally;
  return { seconds, statuses, failures, ...latenciesOf(tally.latencies) };
}

async function sendInTurn(client: Client, load: Load, tally: Tally): Promise<void> {
  const { method, paths, headers, body = null, requests } = load;
  while (tally.sent < requests) {
    const path = paths[tally.sent++ % paths.length] ?? '/';
    const startedAt = performance.now();
    try {
      const reply = await client.request({ method, path, headers, body });
      await reply.body.text();
      tally.latencies.push(performance.now() - startedAt);
      tally.statuses[reply.statusCode] = (tally.statuses[reply.statusCode] ?? 0) + 1;
    } catch {
      tally.failures += 1;
    }
  }
}

function latenciesOf(unsorted: number[]) {
  const sorted = Float64Array.from(unsorted).sort();
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  const meanMs = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { meanMs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
