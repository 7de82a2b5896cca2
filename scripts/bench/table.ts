/** Tables in Markdown: what `make bench` prints can be pasted into docs/benchmarks.md as it is. */

export type Cell = string | number;

/** The first column holds words, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const rule = head.map((_name, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rounded to whole ones, with commas: `12,345`. */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '-';
}

export function decimals(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

/** How often `base` goes into it; `-` without a base. */
export function ratio(value: number, base: number | undefined): string {
  return base === undefined ? '-' : decimals(value / base, 2);
}
