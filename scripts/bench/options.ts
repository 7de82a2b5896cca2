/** What `make bench` was asked for: words like `only=read,create`. */
import type { Pace } from './rounds.ts';
import { peerNames } from './programs.ts';
import type { PeerName } from './programs.ts';
import { workloadNames } from './workloads.ts';
import type { WorkloadName } from './workloads.ts';

export const otherParts = ['start', 'operations', 'kpis'] as const;
export type Part = WorkloadName | (typeof otherParts)[number];

export interface BenchOptions {
  readonly peers: readonly PeerName[];
  readonly parts: readonly Part[];
  readonly pace: Pace;
  /** How many items the databases hold in which Accord alone is measured; none: this is left out. */
  readonly rows: readonly number[];
}

const allParts: readonly Part[] = [...workloadNames, ...otherParts];
const fullRows = [10_000, 1_000_000, 10_000_000];
const fewestRows = 2_000;
const known = ['peers', 'only', 'rounds', 'requests', 'warmup', 'connections', 'rows', 'full'];

/** Throws one sentence that says what to write instead. */
export function readOptions(words: readonly string[]): BenchOptions {
  const given = new Map(words.map(split));
  for (const name of given.keys()) {
    if (!known.includes(name)) throw new Error(`${name} is not an option: ${known.join(', ')}.`);
  }
  const number = (name: string, fallback: number) => numberOf(name, given.get(name) ?? String(fallback));
  const full = given.get('full');
  if (full !== undefined && full !== '1') throw new Error(`full=${full} must be full=1.`);
  const rows = (given.get('rows') ?? '').split(',').filter(Boolean).map(rowsOf);
  return {
    peers: chosen('peers', given.get('peers'), peerNames),
    parts: chosen('only', given.get('only'), allParts),
    pace: {
      rounds: number('rounds', 5),
      requests: number('requests', 2_000),
      warmUp: number('warmup', 12_000),
      connections: number('connections', 8),
      errorsAllowed: 0,
    },
    rows: rows.length === 0 && full ? fullRows : rows,
  };
}

function split(word: string): [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

function numberOf(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name}=${text} must be a whole number from 1 on.`);
}

/** Half of the fewest are the caller's own. */
function rowsOf(text: string): number {
  const rows = numberOf('rows', text);
  if (rows < fewestRows) throw new Error(`rows=${text} must be at least ${fewestRows}.`);
  return rows;
}

function chosen<Name extends string>(option: string, text = '', all: readonly Name[]): readonly Name[] {
  if (text === '') return all;
  const wanted = text.split(',');
  const unknown = wanted.find((name) => !all.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`${option}=${unknown} is not one of ${all.join(', ')}.`);
  return all.filter((name) => wanted.includes(name));
}
