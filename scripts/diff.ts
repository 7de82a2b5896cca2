// `make diff base=main`: what the contract changes for clients since that revision. Ends with 1 if something breaks them.
import { compareWith } from './diff/compare.ts';
import { comparisonReport } from './diff/report.ts';
import { DiffError } from './diff/revision.ts';
import { fromRoot } from './generate/paths.ts';

try {
  const comparison = await compareWith(process.argv[2] ?? '', fromRoot('.'));
  console.log(comparisonReport(comparison));
  if (comparison.breaches.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof DiffError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
