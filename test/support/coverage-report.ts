/** Adds up which documented statuses of which operations the tests have seen. Reads files, and no test. */
import { readFileSync, readdirSync } from 'node:fs';
import { coverageExceptions } from './coverage-exceptions.ts';
import type { CoverageException } from './coverage-exceptions.ts';
import type { SeenReply } from './coverage.ts';

export interface DocumentedOperation {
  readonly id: string;
  readonly statuses: readonly number[];
}

/** What is known of one documented status of one operation. */
export interface Cell {
  readonly state: 'seen' | 'excepted' | 'missing';
  /** The files that saw it. */
  readonly files: readonly string[];
  readonly reason: string | undefined;
}

export interface Row {
  readonly id: string;
  readonly cells: ReadonlyMap<number, Cell>;
}

export interface CoverageReport {
  readonly rows: readonly Row[];
  /** Every status that any operation documents, in ascending order. */
  readonly statuses: readonly number[];
  /** One line each; empty when everything documented was seen or has a reason, and no reason is idle. */
  readonly faults: readonly string[];
}

interface Evidence {
  readonly operations: readonly DocumentedOperation[];
  readonly seen: readonly SeenReply[];
  readonly exceptions: readonly CoverageException[];
}

/** The report of a run that left what it saw in this folder. */
export function readCoverage(folder: string): CoverageReport {
  return coverageReport({
    operations: documentedOperations(),
    seen: seenReplies(folder),
    exceptions: coverageExceptions,
  });
}

export function coverageReport({ operations, seen, exceptions }: Evidence): CoverageReport {
  const rows = operations.map((operation) => rowOf(operation, { seen, exceptions }));
  const statuses = [...new Set(operations.flatMap((operation) => operation.statuses))].sort((a, b) => a - b);
  const faults = [...missingFaults(rows), ...exceptions.flatMap((exception) => idleFaults(exception, rows))];
  return { rows, statuses, faults };
}

function rowOf(
  { id, statuses }: DocumentedOperation,
  { seen, exceptions }: Omit<Evidence, 'operations'>,
): Row {
  const cells = statuses.map((status) => {
    const files = seen.filter((one) => one.operation === id && one.status === status).map(({ file }) => file);
    const reason = exceptions.find((one) => one.status === status && one.operations.includes(id))?.reason;
    const state: Cell['state'] = files.length > 0 ? 'seen' : reason === undefined ? 'missing' : 'excepted';
    return [status, { state, files: [...new Set(files)].sort(), reason }] as const;
  });
  return { id, cells: new Map(cells) };
}

function missingFaults(rows: readonly Row[]): string[] {
  return rows.flatMap(({ id, cells }) =>
    [...cells]
      .filter(([, { state }]) => state === 'missing')
      .map(([status]) => `${id} documents ${status}, and no test saw it: write one, or give the reason`),
  );
}

function idleFaults({ status, operations }: CoverageException, rows: readonly Row[]): string[] {
  return operations.flatMap((id) => {
    const cell = rows.find((row) => row.id === id)?.cells.get(status);
    if (!cell) return [`${id} does not document ${status}: remove the exception`];
    return cell.state === 'seen' ? [`${id} gives ${status} in ${cell.files[0]}: remove the exception`] : [];
  });
}

function documentedOperations(): DocumentedOperation[] {
  const { paths }: { paths: object } = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));
  return Object.values<object>({ ...paths }).flatMap((item) =>
    Object.values(item)
      .filter((operation) => typeof operation?.operationId === 'string')
      .map(({ operationId, responses }) => ({
        id: operationId,
        statuses: Object.keys(responses).map(Number),
      })),
  );
}

function seenReplies(folder: string): SeenReply[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const lines = files.flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
