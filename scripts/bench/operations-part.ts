/** What a contract's size costs each request: the engine alone, in process, and Accord's HTTP edge around it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromRoot } from '../generate/paths.ts';
import type { Bench } from './bench.ts';
import { startOn } from './bench.ts';
import { withPeers } from './peer.ts';
import type { Peer, PeerProgram } from './peer.ts';
import { nodeProgram } from './programs.ts';
import { measure } from './rounds.ts';
import { decimals, markdownTable, ratio } from './table.ts';
import type { Cell } from './table.ts';
import { requestsFor } from './tiny-contract.ts';
import type { RequestName } from './tiny-contract.ts';

const run = promisify(execFile);
const sizes = [10, 100, 1_200];
const calls = 10_000;
const requestNames: readonly RequestName[] = ['read', 'readInTurn', 'page', 'create', 'invalid', 'unknown'];
const edgeRequestNames: readonly RequestName[] = ['read', 'readInTurn', 'create'];

/** CPU microseconds by size of the contract. */
type Costs = readonly number[];

export async function compareContractSizes(bench: Bench): Promise<readonly string[]> {
  const engine = await engineCosts(bench);
  const edge = await edgeCosts(bench);
  return [
    `### The engine alone, \`handle()\` in process\n\n${costTable(requestNames, engine)}`,
    `### The engine behind Accord's HTTP edge, without a database\n\n${costTable(edgeRequestNames, edge)}`,
  ];
}

/** Each size in a process of its own: what one has compiled does not help the next. */
async function engineCosts({ say, signal }: Bench): Promise<Map<RequestName, Costs>> {
  const all: Map<string, number>[] = [];
  for (const size of sizes) {
    say(`operations: the engine alone with ${size}`);
    const { stdout } = await run(process.execPath, [script('engine-cost.ts'), String(size), String(calls)], {
      signal,
    });
    all.push(costsIn(stdout));
  }
  return new Map(requestNames.map((name) => [name, all.map((costs) => costs.get(name) ?? NaN)]));
}

/** What the engine's program printed. */
function costsIn(text: string): Map<string, number> {
  const printed: unknown = JSON.parse(text);
  return new Map(Object.entries(printed ?? {}).map(([name, cost]) => [name, Number(cost)]));
}

function edgeCosts(bench: Bench): Promise<Map<RequestName, Costs>> {
  const starts = sizes.map((size) => startOn(bench, { program: edgeProgram(size) }));
  return withPeers(starts, async (peers) => {
    const costs = new Map<RequestName, Costs>();
    for (const name of edgeRequestNames) {
      bench.say(`operations: ${name} over HTTP`);
      const measured = await measure(bench.client, peers.map(contenderFor(name)), bench.pace);
      costs.set(
        name,
        measured.map(({ cpuMicroseconds }) => cpuMicroseconds),
      );
    }
    return costs;
  });
}

function edgeProgram(size: number): PeerProgram {
  const args = [script('edge-server.ts'), String(size)];
  return nodeProgram({ name: words(size), args, cwd: fromRoot('.') });
}

function contenderFor(name: RequestName) {
  return (peer: Peer, index: number) => ({
    peer,
    workload: requestsFor(sizes[index] ?? 0)[name],
    token: 'token',
  });
}

function costTable(names: readonly RequestName[], costs: ReadonlyMap<RequestName, Costs>): string {
  const [least = 0, ...larger] = sizes;
  const head = ['CPU µs/request', ...sizes.map(words), ...larger.map((size) => `${words(size)} ÷ ${least}`)];
  const lines = names.map((name): Cell[] => {
    const bySize = costs.get(name) ?? [];
    const [base] = bySize;
    return [
      requestsFor(least)[name].title,
      ...bySize.map((cost) => decimals(cost, 1)),
      ...bySize.slice(1).map((cost) => ratio(cost, base)),
    ];
  });
  return markdownTable(head, lines);
}

function words(size: number): string {
  return `${size.toLocaleString('en-US')} operations`;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
