/**
 * What the tests have seen of the contract: every reply that was held to it leaves a line in the folder that
 * global-setup.ts made, and coverage-reporter.ts adds them up when all files have run.
 */
import { expect } from '@jest/globals';
import { appendFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { asNode, operationsAt } from './contract-check/document.ts';
import type { Sent } from './contract-check/reply.ts';
import { reportFolder } from './coverage-run.ts';

/** An operation gave a status, in a test of this file. */
export interface SeenReply {
  readonly operation: string;
  readonly status: number;
  readonly file: string;
}

const written = new Set<string>();

/** Notes that an operation of the contract gave this status; paths that the contract lacks are no operation. */
export function recordReply({ method, path }: Sent, status: number): void {
  const operation = operationsAt(path.split('?')[0] ?? '')?.[method.toLowerCase()];
  const { operationId } = asNode(operation);
  if (typeof operationId !== 'string') return;
  const seen: SeenReply = { operation: operationId, status, file: testFile() };
  const line = JSON.stringify(seen);
  if (written.has(line)) return;
  written.add(line);
  const folder = reportFolder();
  if (folder) appendFileSync(`${folder}/replies-${process.pid}.jsonl`, `${line}\n`);
}

/** Prints a table at the end of the whole run, below jest's own summary. */
export function publishTable(name: string, table: string): void {
  const folder = reportFolder();
  if (folder) writeFileSync(`${folder}/${name}.txt`, table);
}

function testFile(): string {
  return relative(process.cwd(), expect.getState().testPath ?? '');
}
