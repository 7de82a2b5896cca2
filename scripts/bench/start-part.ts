/** How long a server takes from the start of its process to its first reply, and what it holds then. */
import type { Bench } from './bench.ts';
import { startOn } from './bench.ts';
import { fillDatabase } from './data.ts';
import { startPeer } from './peer.ts';
import type { PeerProgram } from './peer.ts';
import { residentMemoryMiB } from './process-cost.ts';
import { median } from './statistics.ts';
import { markdownTable, whole } from './table.ts';

const starts = 5;

interface Start {
  readonly ms: number;
  readonly memoryMiB: number;
}

/** The database is up, migrated and filled: what is measured is the program. */
export async function compareStarts(bench: Bench, programs: readonly PeerProgram[]): Promise<string> {
  const { secretKey } = bench;
  const { url } = await fillDatabase(await bench.createDatabase('start'), { secretKey, rows: 2_000 });
  const samples = programs.map((): Start[] => []);
  bench.say(`start: ${starts} times each, and once before that`);
  for (let turn = 0; turn <= starts; turn += 1) {
    for (const [index, program] of programs.entries()) {
      const start = await startOnce(bench, program, url);
      // The first one fills the caches of the disk and of the languages.
      if (turn > 0) samples[index]?.push(start);
    }
  }
  return startText(programs, samples);
}

async function startOnce(bench: Bench, program: PeerProgram, url: string): Promise<Start> {
  await using peer = await startPeer(startOn(bench, { program, databaseUrl: url }));
  return { ms: peer.startMs, memoryMiB: residentMemoryMiB(peer.pid) };
}

function startText(programs: readonly PeerProgram[], samples: readonly (readonly Start[])[]): string {
  const lines = programs.map(({ name }, index) => {
    const all = samples[index] ?? [];
    return [
      name,
      whole(median(all.map(({ ms }) => ms))),
      whole(median(all.map(({ memoryMiB }) => memoryMiB))),
    ];
  });
  return `### Start\n\n${markdownTable(['', 'ms to the first reply', 'MiB then'], lines)}`;
}
