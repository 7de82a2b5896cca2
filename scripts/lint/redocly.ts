// Runs `redocly lint`, which holds all the rules, and turns its report into findings.
import { runRedocly } from '../redocly/run.ts';
import type { Finding } from './finding.ts';
import { remedyOf } from './remedies.ts';

const ENTRY = 'openapi/openapi.yaml';
const MOST_FINDINGS = 1000;

/** The part of Redocly's JSON report that is used here. */
interface Problem {
  readonly ruleId: string;
  readonly severity: 'error' | 'warn';
  readonly message: string;
  readonly suggest: readonly string[];
  readonly reference?: string;
  readonly location: readonly {
    readonly source: { readonly ref: string };
    readonly start?: { readonly line: number; readonly col: number };
    readonly pointer?: string;
  }[];
}

/** A finding with the place in the document, as a JSON pointer with a leading `#`. */
export interface LocatedFinding extends Finding {
  readonly pointer: string;
}

/** Lints the contract below `root` by `config`, a redocly.yaml. */
export async function redoclyFindings(root: string, config: string): Promise<LocatedFinding[]> {
  const args = ['lint', ENTRY, `--config=${config}`, '--format=json', `--max-problems=${MOST_FINDINGS}`];
  // It fails when it has found something: what it printed counts.
  const { stdout, stderr } = await runRedocly(root, args);
  const report = parseReport(stdout);
  if (!report) return [notLinted(stderr)];
  // A file that does not parse makes every `$ref` into it a finding as well.
  const unread = report.problems.filter(({ message }) => message.startsWith('Failed to parse'));
  const told = unread.length > 0 ? unread : report.problems;
  return withoutRepeats(told.map(findingOf));
}

function findingOf({ ruleId, severity, message, suggest, reference, location }: Problem): LocatedFinding {
  const [{ source, start, pointer = '#' } = { source: { ref: ENTRY } }] = location;
  const [wrong = '', advice] = message.split('\n');
  const place = { file: source.ref, line: start?.line ?? 1, column: start?.col ?? 1, pointer };
  const remedy = advice ?? remedyOf({ rule: ruleId, message, suggest, reference });
  return { ...place, severity, rule: ruleId.replace(/^accord\//, ''), wrong, remedy };
}

/** Redocly walks into a shared node from several sides. */
function withoutRepeats(findings: readonly LocatedFinding[]): LocatedFinding[] {
  const keyOf = ({ file, line, column, wrong }: Finding) => `${file}:${line}:${column} ${wrong}`;
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

/** It gave up before the rules: no OpenAPI document, or a redocly.yaml that it cannot load. */
function notLinted(stderr: string): LocatedFinding {
  const reason = (/^\s+- (.+)$/m.exec(stderr) ?? /^(\S.*?)\.?$/m.exec(stderr))?.[1] ?? stderr;
  const file = stderr.includes('configuration file') ? 'redocly.yaml' : ENTRY;
  const wrong = `Nothing could be linted: ${reason}.`;
  const place = { file, line: 1, column: 1, pointer: '#' };
  return { ...place, severity: 'error', rule: 'redocly', wrong, remedy: `Correct ${file} first.` };
}

function parseReport(stdout: string): { readonly problems: readonly Problem[] } | undefined {
  if (!stdout.startsWith('{')) return undefined;
  const report: unknown = JSON.parse(stdout);
  return isReport(report) ? report : undefined;
}

/** The version of Redocly is pinned, and with it the shape of a problem. */
function isReport(value: unknown): value is { readonly problems: readonly Problem[] } {
  return typeof value === 'object' && value !== null && 'problems' in value && Array.isArray(value.problems);
}
