// Writes the line "N passed, N failed" to the file named by TEST_COUNTS_FILE, for .ci/run to end with.
import { writeFileSync } from 'node:fs';

/** The part of jest's results that is counted. */
interface RunResults {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

export default class CountsReporter {
  onRunComplete(_contexts: unknown, results: RunResults): void {
    const file = process.env['TEST_COUNTS_FILE'];
    if (file) writeFileSync(file, `${countsLine(results)}\n`);
  }
}

function countsLine(results: RunResults): string {
  // A file that cannot even be loaded holds tests that did not pass.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
