/** Reads a CSV file line by line; a part of it is in memory at a time. */
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { cellText } from './cells.ts';
import { TaskFailure } from './run.ts';

export interface CsvLine {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** `null`: nothing between two commas; `""` is an empty text. */
  readonly cells: readonly (string | null)[];
  /** How much of the file was read. */
  readonly bytes: number;
}

/** Longer than any item can be, quotes and all. */
const longestRecord = 65_536;

/** Throws `TaskFailure` for what is no CSV in UTF-8. */
export async function* csvLines(file: Readable): AsyncGenerator<CsvLine> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: longestRecord,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : cellText(value)),
  });
  // What goes wrong is told to whoever reads the parser.
  pipeline(file, decoded, parser, () => undefined);
  let lines = 1;
  try {
    for await (const { record, info } of entriesOf(parser)) {
      yield { line: lines + info.empty_lines, cells: record, bytes: info.bytes };
      lines += 1 + breaksIn(record);
    }
  } catch (error) {
    throw error instanceof CsvError ? noCsv(error) : error;
  }
}

interface Entry {
  readonly record: readonly (string | null)[];
  readonly info: { readonly empty_lines: number; readonly bytes: number };
}

/** What the parser gives with `info`; its types leave it open. */
function entriesOf(parser: AsyncIterable<Entry>): AsyncIterable<Entry> {
  return parser;
}

/** csv-parse counts a CRLF inside of quotes twice. */
function breaksIn(cells: Entry['record']): number {
  return cells.reduce((total, cell) => total + (cell?.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

/** A BOM is left out. */
async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of bytes) yield textOf(() => decoder.decode(chunk, { stream: true }));
  yield textOf(() => decoder.decode());
}

function textOf(decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw new TaskFailure('The file is not text in UTF-8.', { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  INVALID_OPENING_QUOTE: 'a quote stands inside of a cell without quotes',
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
  CSV_MAX_RECORD_SIZE: 'a line is too long',
};

function noCsv(error: CsvError): TaskFailure {
  const reason = reasons[error.code] ?? 'it cannot be read';
  return new TaskFailure(`The file is no CSV: ${reason}, near line ${String(error['lines'])}.`, {
    cause: error,
  });
}
