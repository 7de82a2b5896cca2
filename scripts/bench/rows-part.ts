/** Accord alone on more and more rows: what an owner does with their own thousand items among those of others. */
import type { Bench } from './bench.ts';
import { startOn } from './bench.ts';
import { fillDatabase } from './data.ts';
import type { BenchData } from './data.ts';
import { withPeers } from './peer.ts';
import type { Peer } from './peer.ts';
import { measure } from './rounds.ts';
import type { Contender, Measured } from './rounds.ts';
import { decimals, markdownTable, whole } from './table.ts';
import { workloadsFor } from './workloads.ts';

const names = ['read', 'page', 'search', 'create'] as const;
type Name = (typeof names)[number];

/** A database for each number of rows, and a server for each; they take turns. */
export async function compareRows(bench: Bench, sizes: readonly number[]): Promise<readonly string[]> {
  const filled = await fillAll(bench, sizes);
  const starts = filled.map(({ url }) => startOn(bench, { program: bench.accord, databaseUrl: url }));
  return withPeers(starts, async (peers) => {
    const texts: string[] = [];
    for (const name of names) {
      bench.say(`rows: ${name}`);
      const measured = await measure(bench.client, contendersFor(name, filled, peers), bench.pace);
      texts.push(`### ${workloadsFor(0)[name].title}, by rows\n\n${rowsTable(sizes, measured)}`);
    }
    return texts;
  });
}

async function fillAll(bench: Bench, sizes: readonly number[]): Promise<BenchData[]> {
  const filled: BenchData[] = [];
  for (const rows of sizes) {
    bench.say(`rows: filling ${whole(rows)}`);
    const url = await bench.createDatabase(`rows_${rows}`);
    filled.push(await fillDatabase(url, { secretKey: bench.secretKey, rows }));
  }
  return filled;
}

/** Tokens and ids are each database's own. */
function contendersFor(name: Name, filled: readonly BenchData[], peers: readonly Peer[]): Contender[] {
  return filled.flatMap(({ itemId, token }, index) => {
    const peer = peers[index];
    return peer ? [{ peer, token, workload: workloadsFor(itemId)[name] }] : [];
  });
}

function rowsTable(sizes: readonly number[], measured: readonly Measured[]): string {
  const head = ['items', 'requests/s', 'CPU µs/request', 'p50 ms', 'p99 ms'];
  const lines = measured.map(({ requestsPerSecond, cpuMicroseconds, p50Ms, p99Ms }, index) => [
    whole(sizes[index] ?? NaN),
    whole(requestsPerSecond),
    whole(cpuMicroseconds),
    decimals(p50Ms, 2),
    decimals(p99Ms, 2),
  ]);
  return markdownTable(head, lines);
}
