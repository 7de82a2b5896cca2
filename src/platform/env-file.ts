import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Thrown for a file that Node's parser would read differently from what its author meant. Shows no values. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
  readonly faults: readonly string[];

  constructor(path: string, faults: readonly string[], cause?: unknown) {
    super([`${path} cannot be used:`, ...faults.map((fault) => `- ${fault}`)].join('\n'), { cause });
    this.faults = faults;
  }
}

/**
 * The variables of an env file; none when there is no file.
 * Throws an `EnvFileError` that names every bad line: `parseEnv` alone skips or shortens them silently.
 */
export function readEnvFile(path: string): Record<string, string> {
  const text = readText(path);
  const faults = lineFaults(text.split(/\r?\n/));
  if (faults.length > 0) throw new EnvFileError(path, faults);
  return definedOnly(parseEnv(text));
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return '';
    if (code === 'EISDIR') throw new EnvFileError(path, ['it is a folder, not a file'], error);
    if (code === 'EACCES') throw new EnvFileError(path, ['this user may not read it'], error);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new EnvFileError(path, ['it is not UTF-8 text'], error);
    throw new EnvFileError(path, [`it cannot be read (${String(code ?? error)})`], error);
  }
}

const assignment = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*)$/;

function lineFaults(lines: readonly string[]): readonly string[] {
  const faults: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const { fault, linesUsed } = checkEntry(lines, index);
    if (fault) faults.push(`line ${index + 1}: ${fault}`);
    index += linesUsed - 1;
  }
  return faults;
}

type Entry = { fault?: string; linesUsed: number };

/** A quoted value may span lines; everything else is one line. */
function checkEntry(lines: readonly string[], index: number): Entry {
  const line = lines[index] ?? '';
  if (/^\s*(#|$)/.test(line)) return { linesUsed: 1 };
  const value = assignment.exec(line)?.[1];
  if (value === undefined) return { fault: 'not NAME=value, a comment or blank', linesUsed: 1 };
  const quote = value[0];
  if (quote === '"' || quote === "'" || quote === '`')
    return checkQuoted(value.slice(1), quote, lines.slice(index + 1));
  if (/[^\s]#/.test(value))
    return { fault: '# begins a comment here: put the value in quotes', linesUsed: 1 };
  return { linesUsed: 1 };
}

function checkQuoted(first: string, quote: string, following: readonly string[]): Entry {
  const parts = [first, ...following];
  const last = parts.findIndex((part) => part.includes(quote));
  if (last === -1) return { fault: `the quote ${quote} is not closed`, linesUsed: 1 };
  const end = parts[last] ?? '';
  const rest = end.slice(end.indexOf(quote) + 1);
  if (/^\s*(#|$)/.test(rest)) return { linesUsed: last + 1 };
  return { fault: `text after the closing quote ${quote}`, linesUsed: last + 1 };
}

function definedOnly(values: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
