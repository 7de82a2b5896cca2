/** Accord beside its peers: the same requests, the same database, in turns. */
import type { Bench } from './bench.ts';
import { startOn } from './bench.ts';
import { fillDatabase } from './data.ts';
import type { BenchData } from './data.ts';
import { withPeers } from './peer.ts';
import type { Peer, PeerProgram } from './peer.ts';
import { peakMemoryMiB } from './process-cost.ts';
import { measure } from './rounds.ts';
import type { Contender, Measured } from './rounds.ts';
import { requireSameWork } from './sameness.ts';
import { decimals, markdownTable, ratio, whole } from './table.ts';
import { workloadsFor } from './workloads.ts';
import type { WorkloadName } from './workloads.ts';

const rows = 10_000;

export interface Comparison {
  readonly programs: readonly PeerProgram[];
  readonly workloads: readonly WorkloadName[];
  /** The names of those that the others are held against. */
  readonly bases: { readonly floor: string; readonly accord: string };
}

/** Titles and tables, one for each workload and one for memory. */
export async function comparePeers(
  bench: Bench,
  { programs, workloads, bases }: Comparison,
): Promise<readonly string[]> {
  const data = await fillDatabase(await bench.createDatabase('peers'), { secretKey: bench.secretKey, rows });
  const starts = programs.map((program) => startOn(bench, { program, databaseUrl: data.url }));
  return withPeers(starts, async (peers) => {
    const texts: string[] = [];
    const contenders = (name: WorkloadName) => contendersFor(peers, data, name);
    // All of it first: nobody waits for minutes to hear that a peer does something else.
    for (const name of workloads) await requireSameWork(contenders(name));
    for (const name of workloads) {
      bench.say(`${name}: warming up, then ${bench.pace.rounds} rounds`);
      const measured = await measure(bench.client, contenders(name), bench.pace);
      texts.push(`### ${workloadsFor(data.itemId)[name].title}\n\n${comparison(measured, bases)}`);
    }
    return [...texts, memoryText(peers)];
  });
}

function contendersFor(
  peers: readonly Peer[],
  { itemId, token }: BenchData,
  name: WorkloadName,
): Contender[] {
  const workload = workloadsFor(itemId)[name];
  return peers.map((peer) => ({ peer, workload, token }));
}

function comparison(measured: readonly Measured[], bases: Comparison['bases']): string {
  const head = ['', 'requests/s', 'CPU µs/request', '× floor', '× Accord', 'p50 ms', 'p99 ms'];
  const costOf = (peer: string) => measured.find((one) => one.peer === peer)?.cpuMicroseconds;
  const lines = measured.map(({ peer, requestsPerSecond, cpuMicroseconds, p50Ms, p99Ms }) => [
    peer,
    whole(requestsPerSecond),
    whole(cpuMicroseconds),
    ratio(cpuMicroseconds, costOf(bases.floor)),
    ratio(cpuMicroseconds, costOf(bases.accord)),
    decimals(p50Ms, 2),
    decimals(p99Ms, 2),
  ]);
  return markdownTable(head, lines);
}

function memoryText(peers: readonly Peer[]): string {
  const lines = peers.map(({ name, pid }) => [name, whole(peakMemoryMiB(pid))]);
  return `### Peak memory after all of this\n\n${markdownTable(['', 'MiB'], lines)}`;
}
