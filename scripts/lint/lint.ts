import { fromRoot } from '../generate/paths.ts';
import { type Finding, inUsefulOrder } from './finding.ts';
import { type LocatedFinding, redoclyFindings } from './redocly.ts';
import { withReference } from './references.ts';
import { readYamlSources, type YamlSource } from '#platform/yaml-sources.ts';
import { syntaxFindings } from './syntax.ts';
import { unusedFindings } from './unused.ts';

export interface LintResult {
  /** The most useful first. */
  readonly findings: readonly Finding[];
  readonly files: number;
}

/** Lints `openapi/` below `root` (this checkout unless said otherwise) by the rules of this checkout. */
export async function lintContract(root = fromRoot('.')): Promise<LintResult> {
  const rules = redoclyFindings(root, fromRoot('redocly.yaml'));
  const [sources, found] = await Promise.all([readYamlSources(root), rules]);
  return { findings: inUsefulOrder(worthTelling(sources, found)), files: sources.length };
}

/** Without what merely follows from a file that cannot be read or a `$ref` that leads nowhere. */
function worthTelling(sources: readonly YamlSource[], found: readonly LocatedFinding[]): readonly Finding[] {
  const unreadable = syntaxFindings(sources);
  if (unreadable.length > 0) return unreadable;
  const isIncomplete = found.some(({ rule }) => rule === 'redocly' || rule === 'no-unresolved-refs');
  const told = found.map((finding) => withReference(finding, sources));
  return isIncomplete ? told : [...told, ...unusedFindings(sources)];
}

export function hasErrors({ findings }: LintResult): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
