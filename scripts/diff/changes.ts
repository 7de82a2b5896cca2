// Runs `redocly diff`, which finds the changes and rates them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from '../generate/paths.ts';
import { runRedocly } from '../redocly/run.ts';
import { DiffError } from './revision.ts';

const ENTRY = 'openapi/openapi.yaml';

/** A place in one of the files, as a JSON pointer with a leading `#`. */
export interface Place {
  readonly file: string;
  readonly pointer: string;
  readonly line: number;
  readonly col: number;
}

export interface Change {
  /** In the whole document, where the walk met it first: `#/paths/~1items/get/parameters/0`. */
  readonly path: string;
  /** Redocly's name of what has changed: Operation, Parameter, Schema, … */
  readonly typeName: string;
  readonly kind: 'added' | 'removed' | 'modified';
  readonly impact: 'major' | 'minor' | 'patch';
  readonly verdicts: readonly {
    readonly ruleId: string;
    readonly impact: string;
    readonly message: string;
  }[];
  /** Of a modification: the field. */
  readonly property?: string;
  readonly base?: Place & { readonly value?: unknown };
  readonly revision?: Place & { readonly value?: unknown };
}

/** Every change from the contract below `before` to the one below `now`; files are relative to their folder. */
export async function changesBetween(before: string, now: string): Promise<readonly Change[]> {
  const report = path.join(before, 'changes.json');
  const { failed, stderr } = await runRedocly(before, [
    ...['diff', ENTRY, path.join(now, ENTRY), `--config=${fromRoot('redocly.yaml')}`],
    ...['--fail-on=none', '--format=json', `--output=${report}`],
  ]);
  if (failed) throw new DiffError(`The two contracts could not be compared.\n${stderr.trim()}`);
  const changes = parseChanges(await readFile(report, 'utf8'));
  return changes.map((change) =>
    change.revision ? { ...change, revision: inside(now, before, change.revision) } : change,
  );
}

/** Redocly names files relative to the folder that it runs in. */
function inside<P extends Place>(folder: string, ranIn: string, place: P): P {
  const file = path.relative(folder, path.resolve(ranIn, place.file)).replaceAll(path.sep, '/');
  return { ...place, file };
}

function parseChanges(json: string): readonly Change[] {
  const report: unknown = JSON.parse(json);
  if (!isReport(report)) throw new DiffError('This version of redocly diff reports in another form.');
  return report.changes;
}

/** The version of Redocly is pinned, and the report names the version of its form. */
function isReport(value: unknown): value is { readonly changes: readonly Change[] } {
  if (typeof value !== 'object' || value === null) return false;
  return 'reportVersion' in value && value.reportVersion === '1' && 'changes' in value;
}
