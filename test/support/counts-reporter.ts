// Writes the line "N passed, N failed" to the file named by TEST_COUNTS_FILE, for .ci/run to end with.
import { writeFileSync } from 'node:fs';
import { readCoverage } from './coverage-report.ts';
import { isFullRun, reportFolder } from './coverage-run.ts';
import type { RunConfig, RunResults } from './coverage-run.ts';

export default class CountsReporter {
  readonly #config: RunConfig;

  constructor(config: RunConfig) {
    this.#config = config;
  }

  onRunComplete(_contexts: unknown, results: RunResults): void {
    const file = process.env['TEST_COUNTS_FILE'];
    if (file) writeFileSync(file, `${countsLine(results, isFullRun(this.#config, results))}\n`);
  }
}

function countsLine(results: RunResults, isFull: boolean): string {
  // A file that cannot even be loaded holds tests that did not pass; so does a hole in the contract's coverage.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (isFull ? coverageFaults() : 0);
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

function coverageFaults(): number {
  const folder = reportFolder();
  return folder ? readCoverage(folder).faults.length : 0;
}
