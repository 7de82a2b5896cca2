/** The faults of a contract as a compiler tells them: each with its place in the files that the author wrote. */
import type { ContractFault } from './boot-faults.ts';

/** A place in a source, line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of a JSON pointer into the bundled document, for example in its YAML; undefined: it is not known. */
export type PlaceOf = (pointer: string) => Place | undefined;

interface PlacedFault extends ContractFault {
  readonly place: Place | undefined;
}

/** One line for each fault, by file and line, what has no place at the end; then how many there are. */
export function faultReport(faults: readonly ContractFault[], placeOf: PlaceOf): string {
  const placed = faults
    .map((fault) => ({ ...fault, place: fault.pointer === undefined ? undefined : placeOf(fault.pointer) }))
    .sort(comparePlaces);
  const lines = [...Map.groupBy(placed, keyOf).values()].map(lineOf);
  const files = new Set(placed.flatMap(({ place }) => (place ? [place.file] : []))).size;
  const inFiles = files === 0 ? '' : ` in ${counted(files, 'file')}`;
  return ['The contract cannot be served:', ...lines, `${counted(lines.length, 'fault')}${inFiles}.`].join(
    '\n',
  );
}

/** As editors and terminals know to follow it: `openapi/items.yaml:34:7`. */
export function positionOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

function comparePlaces({ place: a }: PlacedFault, { place: b }: PlacedFault): number {
  if (!a || !b) return Number(!a) - Number(!b);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** A shared schema is at fault once, however many operations use it. */
function keyOf({ place, where, what }: PlacedFault): string {
  return place ? `${positionOf(place)} ${what}` : `${where} ${what}`;
}

function lineOf([first, ...others]: readonly PlacedFault[]): string {
  if (!first) return '';
  const { place, where, what } = first;
  const alike = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `  ${place ? `${positionOf(place)}  ` : ''}${where}${alike}  ${what}`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
