/** What the reporters know of a run. */

/** The part of jest's configuration that picks tests. */
export interface RunConfig {
  readonly testNamePattern?: string | undefined;
  readonly testPathPatterns: { readonly patterns: readonly string[] };
  readonly onlyChanged: boolean;
  readonly onlyFailures: boolean;
  readonly findRelatedTests: boolean;
  readonly shard?: unknown;
}

/** The part of jest's results that is counted. */
export interface RunResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly wasInterrupted: boolean;
}

/** Whether every test was to run: only then is what nobody saw missing. */
export function isFullRun(config: RunConfig, { wasInterrupted }: RunResults): boolean {
  const { testNamePattern, testPathPatterns, onlyChanged, onlyFailures, findRelatedTests, shard } = config;
  const isPicked = onlyChanged || onlyFailures || findRelatedTests || shard !== undefined;
  return !isPicked && !testNamePattern && testPathPatterns.patterns.length === 0 && !wasInterrupted;
}

/** Where global-setup.ts let the test files leave what they saw. */
export function reportFolder(): string | undefined {
  return process.env['ACCORD_TEST_REPORTS'];
}
