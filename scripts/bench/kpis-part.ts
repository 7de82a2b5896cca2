/** Accord against the numbers that the guide asks of a system. */
import type { Bench } from './bench.ts';
import { startOn } from './bench.ts';
import { fillDatabase } from './data.ts';
import type { BenchData } from './data.ts';
import { startPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import { peakMemoryMiB } from './process-cost.ts';
import { measure } from './rounds.ts';
import type { Measured } from './rounds.ts';
import { decimals, markdownTable, whole } from './table.ts';
import { workloadsFor } from './workloads.ts';

const workloadNames = ['read', 'page', 'create'] as const;
type Name = (typeof workloadNames)[number];

const targets = { meanMs: 50, requestsPerSecond: 2_000, errors: 0.01, cpuShare: 0.6, memoryMiB: 5 };
/** More than one process works on at once: to see what one more request in flight costs in memory. */
const crowd = 64;

export async function compareWithTargets(bench: Bench): Promise<string> {
  const { secretKey } = bench;
  const data = await fillDatabase(await bench.createDatabase('kpis'), { secretKey, rows: 10_000 });
  await using peer = await startPeer(startOn(bench, { program: bench.accord, databaseUrl: data.url }));
  const measured: Measured[] = [];
  for (const name of workloadNames) measured.push(await measureOne(bench, { peer, data, name }));
  const perRequestMiB = await memoryOfOneMore(bench, { peer, data, name: 'read' });
  const lines = [
    ...workloadNames.flatMap((name, index) => linesOf(titleOf(name), measured[index])),
    [
      'Memory for one more request in flight',
      'under 5 MB',
      `${decimals(perRequestMiB, 2)} MB`,
      verdict(perRequestMiB < targets.memoryMiB),
    ],
  ];
  return `### The guide's KPIs\n\n${markdownTable(['', 'target', 'measured', ''], lines)}`;
}

interface Asked {
  readonly peer: Peer;
  readonly data: BenchData;
  readonly name: Name;
}

async function measureOne(bench: Bench, { peer, data, name }: Asked, connections = bench.pace.connections) {
  bench.say(`kpis: ${name} on ${connections} connections`);
  const contender = { peer, token: data.token, workload: workloadsFor(data.itemId)[name] };
  // Errors are counted here, not refused: their share is one of the figures.
  const [measured] = await measure(bench.client, [contender], {
    ...bench.pace,
    connections,
    errorsAllowed: 1,
  });
  if (!measured) throw new Error('Nothing was measured.');
  return measured;
}

async function memoryOfOneMore(bench: Bench, asked: Asked): Promise<number> {
  const before = peakMemoryMiB(asked.peer.pid);
  await measureOne(bench, asked, crowd);
  return (peakMemoryMiB(asked.peer.pid) - before) / (crowd - bench.pace.connections);
}

function linesOf(title: string, measured: Measured | undefined): string[][] {
  if (!measured) return [];
  const { meanMs, p50Ms, p95Ms, p99Ms, requestsPerSecond, errors, cpuMicroseconds } = measured;
  const cpuShare = (cpuMicroseconds * targets.requestsPerSecond) / 1e6;
  const percentiles = [p50Ms, p95Ms, p99Ms].map((ms) => decimals(ms, 2)).join(' / ');
  return [
    [`${title}: average`, 'under 50 ms', `${decimals(meanMs, 2)} ms`, verdict(meanMs < targets.meanMs)],
    [`${title}: p50 / p95 / p99`, '', `${percentiles} ms`, ''],
    [
      `${title}: throughput`,
      'over 2,000/s',
      `${whole(requestsPerSecond)}/s`,
      verdict(requestsPerSecond > targets.requestsPerSecond),
    ],
    [`${title}: errors`, 'under 1 %', `${decimals(errors * 100, 2)} %`, verdict(errors < targets.errors)],
    [
      `${title}: CPU of one core at 2,000/s`,
      'under 60 %',
      `${decimals(cpuShare * 100, 0)} %`,
      verdict(cpuShare < targets.cpuShare),
    ],
  ];
}

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}

function titleOf(name: Name): string {
  return workloadsFor(0)[name].title;
}
