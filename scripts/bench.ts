// `make bench`: Accord beside its peers, its engine, its start, and the guide's KPIs, as Markdown on stdout.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Bench } from './bench/bench.ts';
import { choosePeers } from './bench/choose-peers.ts';
import { withBenchPostgres } from './bench/database.ts';
import { compareWithTargets } from './bench/kpis-part.ts';
import { startClient } from './bench/load.ts';
import { machineText } from './bench/machine.ts';
import { compareContractSizes } from './bench/operations-part.ts';
import { readOptions } from './bench/options.ts';
import type { BenchOptions } from './bench/options.ts';
import { comparePeers } from './bench/peers-part.ts';
import { canMeasure } from './bench/process-cost.ts';
import { accordProgram, floorProgram } from './bench/programs.ts';
import { compareRows } from './bench/rows-part.ts';
import { compareStarts } from './bench/start-part.ts';
import { workloadNames } from './bench/workloads.ts';
import { fromRoot } from './generate/paths.ts';

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interrupted.abort());
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!canMeasure()) throw new Error('It reads CPU time and memory from /proc, so it needs Linux.');
  await inRunFolder((folder) => run(options, folder));
} catch (error) {
  const reason = Error.isError(error) ? error.message : String(error);
  console.error(`make bench: ${interrupted.signal.aborted ? 'stopped.' : reason}`);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}

/** Everything that a run writes is in it, and gone afterwards; the Python of FastAPI stays beside it. */
async function inRunFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(fromRoot('.data/bench'), { recursive: true });
  const folder = await mkdtemp(fromRoot('.data/bench/run-'));
  await use(folder).finally(() => rm(folder, { recursive: true, force: true }));
}

async function run(options: BenchOptions, folder: string): Promise<void> {
  const { signal } = interrupted;
  const accord = await accordProgram(`${folder}/accord`);
  await withBenchPostgres(`${folder}/postgres`, async (createDatabase) => {
    await using client = startClient(signal);
    const { pace } = options;
    const secretKey = randomBytes(48).toString('base64');
    await runParts({ client, pace, secretKey, signal, accord, createDatabase, say }, options);
  });
}

async function runParts(bench: Bench, { parts, peers, rows, pace }: BenchOptions): Promise<void> {
  const { programs, leftOut } = await choosePeers(peers, bench);
  const { rounds, requests, warmUp, connections } = pace;
  console.log(`${machineText(new Date())}
- ${rounds} rounds of ${requests} requests on ${connections} connections, after a warm-up of ${warmUp}`);
  for (const reason of leftOut) console.log(`- ${reason}`);

  const workloads = workloadNames.filter((name) => parts.includes(name));
  const bases = { floor: floorProgram.name, accord: bench.accord.name };
  if (workloads.length > 0) print(...(await comparePeers(bench, { programs, workloads, bases })));
  if (parts.includes('start')) print(await compareStarts(bench, programs));
  if (parts.includes('operations')) print(...(await compareContractSizes(bench)));
  if (parts.includes('kpis')) print(await compareWithTargets(bench));
  if (rows.length > 0) print(...(await compareRows(bench, rows)));
}

function print(...texts: readonly string[]): void {
  for (const text of texts) console.log(`\n${text}`);
}

/** On stderr: `make -s bench > figures.md` keeps the tables alone. */
function say(progress: string): void {
  interrupted.signal.throwIfAborted();
  console.error(`[${new Date().toISOString().slice(11, 19)}] ${progress}`);
}
