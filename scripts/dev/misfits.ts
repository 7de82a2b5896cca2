// Which code does not fit the contract any more: the compiler's errors, one line each.
import { fromRoot } from '../generate/paths.ts';
import { runQuietly } from './processes.ts';

const MOST = 10;
/** Types of the contract are written out at any length. */
const LONGEST = 200;
const TSC = fromRoot('node_modules/typescript/bin/tsc');

/** A report on src/, empty when all of it fits; undefined when `signal` ended the check. */
export async function misfitsReport(signal: AbortSignal): Promise<string | undefined> {
  const args = [TSC, '--project', 'scripts/dev/typecheck.json', '--pretty', 'false'];
  const { code, output } = await runQuietly(args, { signal });
  if (signal.aborted) return undefined;
  if (code === 0) return '';
  const misfits = errorsIn(output);
  const more = misfits.length > MOST ? [`and ${misfits.length - MOST} more: tsc --noEmit`] : [];
  return [`Code that does not fit (${misfits.length}):`, ...misfits.slice(0, MOST), ...more].join('\n  ');
}

/** One line for each error: it begins at the start of a line, and the deepest of the lines below it says most. */
export function errorsIn(output: string): string[] {
  return output
    .split(/\n(?=\S)/)
    .filter((text) => text.includes(': error TS'))
    .map(errorLine);
}

function errorLine(text: string): string {
  const [first = '', ...details] = text.trimEnd().split('\n');
  const [, file, line, column, message = ''] = /^(.+?)\((\d+),(\d+)\): error TS\d+: (.*)$/.exec(first) ?? [];
  if (file === undefined) return first;
  const told = details.at(-1)?.trim() ?? message;
  return `${file}:${line}:${column}  ${told.length > LONGEST ? `${told.slice(0, LONGEST)} …` : told}`;
}
