import { styleText } from 'node:util';
import type { Finding } from './finding.ts';

/** Findings in the given order, two lines each and a blank one between files, with a count at the end. */
export function findingsReport(findings: readonly Finding[]): string {
  const byFile = Map.groupBy(findings, ({ file }) => file);
  const groups = [...byFile.values()].map((found) => found.map(findingLines).join('\n'));
  return [...groups, `${countsOf(findings)} in ${counted(byFile.size, 'file')}.`].join('\n\n');
}

function findingLines({ file, line, column, severity, rule, wrong, remedy }: Finding): string {
  const label = severity === 'error' ? styleText('red', 'error') : styleText('yellow', 'warning');
  const source = styleText('dim', `(${rule})`);
  const head = `${styleText('bold', `${file}:${line}:${column}`)}  ${label}  ${wrong}`;
  return remedy === undefined ? `${head} ${source}` : `${head}\n    ${remedy} ${source}`;
}

function countsOf(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(' and ');
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
