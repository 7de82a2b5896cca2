/** The contract's coverage as text and as a page. */
import type { Cell, CoverageReport } from './coverage-report.ts';
import { textTable } from './coverage-text-table.ts';

const marks = { seen: '✓', excepted: '○', missing: '✗' } as const;

/** For the end of `make test`. */
export function coverageTable({ rows, statuses }: CoverageReport): string {
  const head = ['operation', ...statuses.map(String)];
  const lines = rows.map(({ id, cells }) => [id, ...statuses.map((status) => marked(cells.get(status)))]);
  // One space: some thirty statuses fit into 120 columns so.
  return textTable([head, ...lines], ' ');
}

function marked(cell: Cell | undefined): string {
  return cell ? ` ${marks[cell.state]}` : '';
}

/** How many statuses are documented, and what is known of them. */
export function coverageSummary({ rows }: CoverageReport): string {
  const cells = rows.flatMap((row) => [...row.cells.values()]);
  const count = (state: Cell['state']) => cells.filter((cell) => cell.state === state).length;
  return [
    `${rows.length} operations document ${cells.length} statuses:`,
    `${count('seen')} seen (${marks.seen}), ${count('excepted')} excepted (${marks.excepted}), ${count('missing')} missing (${marks.missing})`,
  ].join(' ');
}

/** One line for each reason that something need not be seen. */
export function exceptionLines({ rows, statuses }: CoverageReport): string[] {
  const lines = statuses.flatMap((status) =>
    reasonsFor(rows, status).map((reason) => `${marks.excepted} ${status}: ${reason}`),
  );
  return [...new Set(lines)];
}

function reasonsFor(rows: CoverageReport['rows'], status: number): string[] {
  return rows.flatMap(({ cells }) => cells.get(status)?.reason ?? []);
}

/** A page that stands on its own: coverage/contract.html. */
export function coveragePage(report: CoverageReport): string {
  const { rows, statuses, faults } = report;
  const head = statuses.map((status) => `<th scope="col">${status}</th>`).join('');
  const body = rows.map(({ id, cells }) => {
    const row = statuses.map((status) => pageCell(cells.get(status))).join('');
    return `<tr><th scope="row">${escaped(id)}</th>${row}</tr>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Contract coverage</title>
<style>${style}</style>
<h1>Contract coverage</h1>
<p>${escaped(coverageSummary(report))}. Point at a mark to see which tests saw it, or why none can.</p>
${list(faults, 'faults')}
<div class="table"><table>
<thead><tr><th scope="col">Operation</th>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>
${list(exceptionLines(report), 'reasons')}
</html>
`;
}

function pageCell(cell: Cell | undefined): string {
  if (!cell) return '<td></td>';
  const { state, files, reason = 'No test saw it.' } = cell;
  const title = state === 'seen' ? files.join('\n') : reason;
  return `<td class="${state}" title="${escaped(title)}"><span aria-label="${state}">${marks[state]}</span></td>`;
}

function list(lines: readonly string[], name: string): string {
  if (lines.length === 0) return '';
  return `<ul class="${name}">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
ul { list-style: none; padding: 0; }
.table { overflow: auto; max-height: 80vh; width: fit-content; max-width: 100%; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.6rem; text-align: center; }
thead th { position: sticky; top: 0; background: Canvas; }
th:first-child { text-align: left; font-weight: 500; position: sticky; left: 0; background: Canvas; }
tbody tr:nth-child(odd) td { background: color-mix(in srgb, CanvasText 4%, transparent); }
.seen { color: light-dark(#15723c, #6fd08c); }
.excepted { color: light-dark(#8a5a00, #e2b35a); }
.missing, .faults { color: light-dark(#b3261e, #ff8a80); font-weight: 700; }
`;
