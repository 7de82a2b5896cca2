/** From the lines of a CSV file to what items are made of. */
import type { Schema } from '#api';
import type { CsvLine } from './csv-lines.ts';
import { TaskFailure } from './run.ts';

export interface ItemRow {
  readonly title: string;
  readonly description: string | null;
}

export type RejectedLine = Schema<'RejectedLine'>;

/** Makes an item of a line, or says what is wrong with it. */
export type ReadRow = (line: CsvLine) => ItemRow | RejectedLine;

const columns = ['title', 'description'] as const;

/** By the line that names the columns; throws `TaskFailure` where it does not name them. */
export function rowReader({ cells }: CsvLine): ReadRow {
  const names = cells.map((cell) => (cell ?? '').trim().toLowerCase());
  refuseOtherColumns(names);
  const titleAt = names.indexOf('title');
  const descriptionAt = names.indexOf('description');
  return ({ line, cells: values }) => {
    const title = values[titleAt] ?? '';
    const description = values[descriptionAt] ?? null;
    const message = fault({ title, description }, values.length, names.length);
    return message === undefined ? { title, description } : { line, message };
  };
}

function refuseOtherColumns(names: readonly string[]): void {
  const known = new Set<string>(columns);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const shown = unknown.length > 50 ? `${unknown.slice(0, 50)}…` : unknown;
    throw new TaskFailure(
      `The column ${JSON.stringify(shown)} is unknown: the first line names title and description, with a comma between.`,
    );
  }
  if (!names.includes('title'))
    throw new TaskFailure('The first line of the file does not name the column title.');
  if (new Set(names).size < names.length)
    throw new TaskFailure('The first line of the file names a column twice.');
}

const longestTitle = 255;
const longestDescription = 2_000;

function fault({ title, description }: ItemRow, given: number, wanted: number): string | undefined {
  if (given !== wanted) return `has ${given} cells, not ${wanted}`;
  if (title === '') return 'has no title';
  if (isLonger(title, longestTitle)) return `has a title of more than ${longestTitle} characters`;
  if (isLonger(description ?? '', longestDescription))
    return `has a description of more than ${longestDescription} characters`;
  return `${title}${description ?? ''}`.includes('\0') ? 'has a NUL character' : undefined;
}

/** Characters as the contract and PostgreSQL count them, not units of UTF-16. */
function isLonger(text: string, most: number): boolean {
  return text.length > most && Array.from(text).length > most;
}
