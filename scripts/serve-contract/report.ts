/** What a start tells: what is served, what is refused and why, and which examples do not fit. */
import type { Refusal } from './boot.ts';
import type { StandIn } from './stand-in.ts';

export function bootReport(booted: StandIn): string {
  const { served, refused, notes, replies, milliseconds } = booted;
  const misfits = [...replies].flatMap(([id, { misfits: told }]) => told.map((misfit) => `${id} ${misfit}`));
  const silent = [...replies].flatMap(([id, { fault }]) => (fault === undefined ? [] : [`${id} ${fault}`]));
  const { load, boot, examples } = milliseconds;
  return [
    `served ${served.length} of ${served.length + refused.length} operations ` +
      `(${load} ms to read, ${boot} ms to boot, ${examples} ms for the examples)`,
    ...notes,
    ...section('Refused:', refused.flatMap(refusalLines)),
    ...section('Examples that do not fit; a value made from the schema is sent instead:', misfits),
    ...section('No valid example, so that it answers 500:', silent),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function refusalLines({ operation: { method, path }, reasons }: Refusal): string[] {
  return [`${method} ${path}`, ...reasons.map((reason) => `    ${reason}`)];
}
