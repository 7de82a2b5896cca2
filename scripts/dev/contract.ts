import { readFile, writeFile } from 'node:fs/promises';
import type { OpenAPI3 } from 'openapi-typescript';
import { bundleContract } from '../generate/bundle.ts';
import { fromRoot } from '../generate/paths.ts';
import { hasErrors, lintContract } from '../lint/lint.ts';
import { findingsReport } from '../lint/report.ts';
import { runQuietly } from './processes.ts';

const BUNDLE = fromRoot('generated/openapi.json');

/** The contract as it is in openapi/ now: what is to be said of it, and the document if it can be served. */
export interface ReadContract {
  /** Empty when there is nothing to say. */
  readonly report: string;
  readonly document: OpenAPI3 | undefined;
}

/** Lints the contract and asks the engine whether it can serve it, both at once. */
export async function readContract(): Promise<ReadContract> {
  const [result, bundled] = await Promise.all([lintContract(), bundleContract().then(tried, failed)]);
  const report = result.findings.length === 0 ? '' : findingsReport(result.findings);
  if (hasErrors(result)) return { report, document: undefined };
  if (bundled.fault !== '') return { report: bundled.fault, document: undefined };
  return { report, document: bundled.document };
}

interface Bundled {
  readonly document: OpenAPI3 | undefined;
  /** Empty when the engine can serve it. */
  readonly fault: string;
}

async function tried(document: OpenAPI3): Promise<Bundled> {
  const input = JSON.stringify(document);
  const { code, output } = await runQuietly(['scripts/dev/engine-check.ts'], { input, isUrgent: true });
  return { document, fault: code === 0 ? '' : output.trim() };
}

function failed(error: unknown): Bundled {
  return { document: undefined, fault: error instanceof Error ? error.message : String(error) };
}

/** What the server reads when it starts. */
export async function writeBundle(document: OpenAPI3): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const present = await readFile(BUNDLE, 'utf8').catch(() => undefined);
  if (present !== text) await writeFile(BUNDLE, text);
}
