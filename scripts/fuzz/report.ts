import { operations } from './contract.ts';
import { kinds } from './drafts.ts';
import type { FuzzReport } from './fuzz.ts';

/** One line an operation: the cases of each kind, and how often each status was seen. */
export function reportText({ seen, findings }: FuzzReport): string {
  const rows = operations.map(({ id }) => {
    const perKind = kinds.map((kind) => sum(seen.get(`${id} ${kind}`)?.values() ?? []));
    return [id, ...perKind.map(String), statusesText(id, seen)];
  });
  const all = sum([...seen.values()].flatMap((statuses) => [...statuses.values()]));
  return [
    table([['operation', ...kinds, 'statuses seen'], ...rows]),
    `${all} cases, ${findings.length} findings`,
    ...findings.map(({ seed, message }) => `\nFound with seed=${seed}: ${message}`),
  ].join('\n');
}

function statusesText(id: string, seen: FuzzReport['seen']): string {
  const total = new Map<number, number>();
  for (const kind of kinds)
    for (const [status, times] of seen.get(`${id} ${kind}`) ?? [])
      total.set(status, (total.get(status) ?? 0) + times);
  const sorted = [...total].sort(([left], [right]) => left - right);
  return sorted.map(([status, times]) => `${status} × ${times}`).join(', ');
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((left, right) => left + right, 0);
}

/** Columns of equal width; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.toSpliced(1, 0, widths.map((width) => '-'.repeat(width)).join('  ')).join('\n');
}
