/** Cells of CSV files that spreadsheets open as well. */

/** What a spreadsheet takes for a formula, or for the end of its own quoting. */
const formula = /^'*[=+\-@\t\r\n]/;

/** As a line of a CSV file (RFC 4180). `null` is an empty cell, an empty text is `""`. */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A `'` before what would be run; one more where there is one already, so that reading gives back what was written. */
function csvCell(text: string | null): string {
  if (text === null) return '';
  const guarded = formula.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

/** What `csvCell` was given. */
export function cellText(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}
