/** The proof in print. */
import type { Refusal } from '../boot.ts';
import type { Answer } from './operation.ts';

export interface Proof {
  readonly file: string;
  readonly operations: number;
  readonly refused: readonly Refusal[];
  readonly answers: readonly Answer[];
  /** Served operations without a valid example. */
  readonly silent: number;
  /** Documented examples that do not fit. */
  readonly misfits: number;
  readonly milliseconds:
    { readonly load: number; readonly boot: number; readonly examples: number } | undefined;
  /** Why nothing is served. */
  readonly reason?: string;
}

/** Longer lists are cut: the rest is like it. */
const mostLines = 25;

export function documentTable(proof: Proof): string {
  const { file, operations, refused, answers, silent, misfits, milliseconds, reason } = proof;
  const faults = answers.flatMap(({ kind, fault }) => (fault === undefined ? [] : [`${kind}: ${fault}`]));
  const time = milliseconds
    ? `, read ${milliseconds.load} ms, boot ${milliseconds.boot} ms, examples ${milliseconds.examples} ms`
    : '';
  return [
    `${file}${time}`,
    `  operations ${operations}, served ${operations - refused.length}, refused ${refused.length}; ` +
      `requests ${answers.length}, as expected ${answers.length - faults.length}; ` +
      `no valid example ${silent}, examples that do not fit ${misfits}`,
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...cut(grouped(refused)).map((line) => `    refused ${line}`),
    ...cut(faults).map((line) => `    ${line}`),
  ].join('\n');
}

export function totalLine(proofs: readonly Proof[]): string {
  const sum = (count: (proof: Proof) => number) => proofs.reduce((total, proof) => total + count(proof), 0);
  const refused = sum((proof) => proof.refused.length);
  const operations = sum((proof) => proof.operations);
  const failed = sum(({ answers }) => answers.filter(({ fault }) => fault !== undefined).length);
  const requests = sum(({ answers }) => answers.length);
  return (
    `\n${proofs.length} documents: served ${operations - refused} of ${operations} operations; ` +
    `${requests - failed} of ${requests} requests went as expected`
  );
}

/** Reasons without the place that they begin with and without names, most frequent first. */
function grouped(refused: readonly Refusal[]): string[] {
  const reasons = refused.flatMap(({ operation, reasons: own }) => {
    const kinds = new Set(own.map((reason) => kindOf(reason, [operation.id, operation.path])));
    return [...kinds];
  });
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, { length }]) => ({ reason, length }))
    .sort((one, other) => other.length - one.length)
    .map(({ reason, length }) => `${length}: ${reason}`);
}

function kindOf(reason: string, places: readonly string[]): string {
  const place = places.find((one) => reason.startsWith(one)) ?? '';
  return reason
    .slice(place.length)
    .replace(/^ \(\w+\)/, '')
    .trim()
    .replace(/\b(parameter|schema|property) \S+(?= (in|has|with))/, '$1 …')
    .replace(/ at path .*/s, '')
    .replace(/#\/\S+/, '#/…')
    .slice(0, 160);
}

function cut(lines: readonly string[]): string[] {
  const rest = lines.length - mostLines;
  return rest > 0 ? [...lines.slice(0, mostLines), `… and ${rest} more`] : [...lines];
}
