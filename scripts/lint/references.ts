// Where a `$ref` leads, and where one that leads nowhere was meant to lead: Redocly only says that it does not.
import path from 'node:path';
import { isMap, isScalar } from 'yaml';
import { nearestName } from '#contract/nearest-name.ts';
import type { LocatedFinding } from './redocly.ts';
import { stepsOf, targetOf, type YamlSource } from '#platform/yaml-sources.ts';

/** Says of an unresolved `$ref` what it is, and which name it may have been. */
export function withReference(finding: LocatedFinding, sources: readonly YamlSource[]): LocatedFinding {
  if (finding.rule !== 'no-unresolved-refs') return finding;
  const source = sources.find(({ file }) => file === finding.file);
  const ref = source?.document.getIn([...stepsOf(finding.pointer), '$ref']);
  if (typeof ref !== 'string') return finding;
  const wrong = `\`${ref}\` leads nowhere.`;
  const meant = nearestTo(ref, { from: finding.file, sources });
  return meant === undefined ? { ...finding, wrong } : { ...finding, wrong, remedy: meant };
}

/** What is defined in a file, as the part of a `$ref` behind the file: `#/schemas/Item`. */
export function definitionsOf({
  document,
}: YamlSource): { readonly place: string; readonly offset: number }[] {
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

/** Of two places, each a file and a pointer. */
export function isAtOrBelow(place: string, root: string): boolean {
  return place === root || place.startsWith(`${root}/`);
}

function nearestTo(
  ref: string,
  { from, sources }: { from: string; sources: readonly YamlSource[] },
): string | undefined {
  const { file, place } = targetOf(ref, from);
  const source = sources.find((each) => each.file === file);
  const names = sources.map((each) => path.posix.basename(each.file)).join(', ');
  if (!source) return `There is no ${file}; there are ${names}.`;
  const places = definitionsOf(source).map((definition) => definition.place);
  if (places.length === 0) return `There is nothing in ${file} yet.`;
  const nearest = nearestName(place, places, 3);
  return nearest === undefined ? undefined : `Did you mean \`${nearest}\`?`;
}
