/** A table in plain text, each column as wide as its widest cell; the first row is the head, underlined. */
export function textTable(rows: readonly (readonly string[])[], gap = '  '): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => padded(row, widths).join(gap).trimEnd());
  return lines.toSpliced(1, 0, widths.map((width) => '-'.repeat(width)).join(gap)).join('\n');
}

function padded(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
}
