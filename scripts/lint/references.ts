// Where a `$ref` leads, and where one that leads nowhere was meant to lead: Redocly only says that it does not.
import path from 'node:path';
import { isMap, isScalar } from 'yaml';
import type { LocatedFinding } from './redocly.ts';
import type { Source } from './sources.ts';

/** Says of an unresolved `$ref` what it is, and which name it may have been. */
export function withReference(finding: LocatedFinding, sources: readonly Source[]): LocatedFinding {
  if (finding.rule !== 'no-unresolved-refs') return finding;
  const source = sources.find(({ file }) => file === finding.file);
  const ref = source?.document.getIn([...stepsOf(finding.pointer), '$ref']);
  if (typeof ref !== 'string') return finding;
  const wrong = `\`${ref}\` leads nowhere.`;
  const meant = nearestTo(ref, { from: finding.file, sources });
  return meant === undefined ? { ...finding, wrong } : { ...finding, wrong, remedy: meant };
}

/** What is defined in a file, as the part of a `$ref` behind the file: `#/schemas/Item`. */
export function definitionsOf({ document }: Source): { readonly place: string; readonly offset: number }[] {
  if (!isMap(document.contents) || document.has('openapi')) return [];
  return document.contents.items.flatMap(({ key: kind, value: named }) => {
    if (!isScalar(kind) || !isMap(named)) return [];
    return named.items.flatMap(({ key: name }) =>
      isScalar(name)
        ? [{ place: `#/${String(kind.value)}/${String(name.value)}`, offset: name.range?.[0] ?? 0 }]
        : [],
    );
  });
}

/** The file that a `$ref` names, relative to the checkout, and the place in it. */
export function targetOf(ref: string, from: string): { readonly file: string; readonly place: string } {
  const [file = '', place = ''] = ref.split('#');
  return { file: file === '' ? from : path.posix.join(path.posix.dirname(from), file), place: `#${place}` };
}

/** A JSON pointer with a leading `#`, as steps. */
export function stepsOf(pointer: string): string[] {
  const steps = pointer.replace(/^#\/?/, '').split('/');
  return steps
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Of two places, each a file and a pointer. */
export function isAtOrBelow(place: string, root: string): boolean {
  return place === root || place.startsWith(`${root}/`);
}

function nearestTo(
  ref: string,
  { from, sources }: { from: string; sources: readonly Source[] },
): string | undefined {
  const { file, place } = targetOf(ref, from);
  const source = sources.find((each) => each.file === file);
  const names = sources.map((each) => path.posix.basename(each.file)).join(', ');
  if (!source) return `There is no ${file}; there are ${names}.`;
  const places = definitionsOf(source).map((definition) => definition.place);
  if (places.length === 0) return `There is nothing in ${file} yet.`;
  const nearest = places
    .map((each) => ({ each, distance: distanceBetween(each.toLowerCase(), place.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && nearest.distance <= 3 ? `Did you mean \`${nearest.each}\`?` : undefined;
}

/** Levenshtein's: how many letters to insert, remove or replace. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
