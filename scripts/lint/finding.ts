/** Something to correct in the contract, at its place in the source. */
export interface Finding {
  /** Relative to the checkout: `openapi/items.yaml`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warn';
  /** The rule that found it, as redocly.yaml names it. */
  readonly rule: string;
  /** What is wrong, one sentence. */
  readonly wrong: string;
  /** What to do about it, one sentence. */
  readonly remedy?: string | undefined;
}

/** The rules whose findings cause others: first what cannot be read, then what leads nowhere or is misspelt. */
const CAUSES = ['yaml', 'no-unresolved-refs', 'struct'];
/** An example that does not fit is often right, and its schema wrong. */
const CONSEQUENCE = /^no-invalid-.*-examples$/;

/** The most useful first: files with a cause of other findings lead, and so do the causes inside of a file. */
export function inUsefulOrder(findings: readonly Finding[]): Finding[] {
  const byFile = Map.groupBy(findings, ({ file }) => file);
  const files = [...byFile].map(([file, found]) => ({ file, found, rank: Math.min(...found.map(rankOf)) }));
  files.sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1));
  return files.flatMap(({ found }) => found.toSorted(compareInFile));
}

function compareInFile(a: Finding, b: Finding): number {
  return rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column;
}

function rankOf({ rule, severity }: Finding): number {
  if (severity === 'warn') return CAUSES.length + 2;
  if (CONSEQUENCE.test(rule)) return CAUSES.length + 1;
  const index = CAUSES.indexOf(rule);
  return index === -1 ? CAUSES.length : index;
}
