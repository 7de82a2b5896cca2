// Prints the tables of the run below jest's summary, and fails a full run that has not seen the whole contract.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readCoverage } from './coverage-report.ts';
import { coveragePage, coverageSummary, coverageTable, exceptionLines } from './coverage-tables.ts';
import { isFullRun, reportFolder } from './coverage-run.ts';
import type { RunConfig, RunResults } from './coverage-run.ts';

export default class CoverageReporter {
  readonly #config: RunConfig;
  #error: Error | undefined;

  constructor(config: RunConfig) {
    this.#config = config;
  }

  onRunComplete(_contexts: unknown, results: RunResults): void {
    const folder = reportFolder();
    if (!folder) return;
    const tables = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    for (const name of tables)
      print(name.slice(0, -'.txt'.length), readFileSync(`${folder}/${name}`, 'utf8'));
    if (isFullRun(this.#config, results)) this.#reportCoverage(folder);
  }

  /** Jest asks for it at the end: an error fails the run. */
  getLastError(): Error | undefined {
    return this.#error;
  }

  #reportCoverage(folder: string): void {
    const report = readCoverage(folder);
    mkdirSync('coverage', { recursive: true });
    writeFileSync('coverage/contract.html', coveragePage(report));
    const { faults } = report;
    print(
      'contract coverage',
      [coverageTable(report), coverageSummary(report), ...exceptionLines(report), ...faults].join('\n'),
    );
    if (faults.length > 0) this.#error = new Error(`Contract coverage:\n${faults.join('\n')}`);
  }
}

/** Not through console: jest is done with it by now. */
function print(title: string, text: string): void {
  process.stdout.write(`\n${title}\n${'-'.repeat(title.length)}\n${text}\n`);
}
