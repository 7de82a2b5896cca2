// `make lint`: what to correct in openapi/, with file, line and remedy. Ends with 1 when there is an error.
import { hasErrors, lintContract } from './lint/lint.ts';
import { findingsReport } from './lint/report.ts';

const result = await lintContract();
if (result.findings.length === 0) console.log(`The contract is in order (${result.files} files).`);
else console.log(findingsReport(result.findings));
if (hasErrors(result)) process.exitCode = 1;
