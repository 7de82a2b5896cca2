import { lintContract } from '../lint/lint.ts';
import { findingsReport } from '../lint/report.ts';
import { readYamlSources } from '#platform/yaml-sources.ts';
import { changesBetween } from './changes.ts';
import { type Compared, judge, type Judgement } from './judgement.ts';
import { operationsOf } from './operations.ts';
import { DiffError, type Revision, revisionOf, withRevision } from './revision.ts';

export interface Comparison extends Judgement {
  readonly base: Revision;
  readonly compared: Compared;
}

/** Compares `openapi/` below `root` with what it was at the revision `base`; empty for the main branch. */
export async function compareWith(base: string, root: string): Promise<Comparison> {
  const revision = await revisionOf(root, base);
  await refuseBroken(root);
  return withRevision(root, revision, async (before) => {
    const [changes, then, now] = await Promise.all([
      changesBetween(before, root),
      readYamlSources(before).then(operationsOf),
      readYamlSources(root).then(operationsOf),
    ]);
    const compared = { before: then, now };
    return { base: revision, compared, ...judge(changes, compared) };
  });
}

/** What cannot be read cannot be compared; a broken house rule is no obstacle. */
async function refuseBroken(root: string): Promise<void> {
  const { findings } = await lintContract(root);
  const obstacles = findings.filter(({ rule }) => ['yaml', 'redocly', 'no-unresolved-refs'].includes(rule));
  if (obstacles.length === 0) return;
  throw new DiffError(
    `The contract has faults that hide changes. Correct them first:\n\n${findingsReport(obstacles)}`,
  );
}
