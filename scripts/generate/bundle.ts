// generated/openapi.json: the contract in one document, which the server loads and serves.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { OpenAPI3 } from 'openapi-typescript';
import { fromRoot } from './paths.ts';

const REDOCLY = fromRoot('node_modules/@redocly/cli/bin/cli.js');

/** Bundles `openapi/openapi.yaml` and everything it refers to. A broken `$ref` throws with Redocly's report. */
export async function bundleContract(): Promise<OpenAPI3> {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-bundle-'));
  try {
    const file = path.join(folder, 'openapi.json');
    await redocly('bundle', 'openapi/openapi.yaml', '--output', file);
    return parseDocument(await readFile(file, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function redocly(...args: string[]): Promise<void> {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    await promisify(execFile)(process.execPath, [REDOCLY, ...args], { cwd: fromRoot('.'), env });
  } catch (error) {
    const report = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`The contract could not be bundled.\n${report}`, { cause: error });
  }
}

function parseDocument(json: string): OpenAPI3 {
  const document: unknown = JSON.parse(json);
  if (!isDocument(document)) throw new Error('The bundled contract is not an OpenAPI document.');
  return document;
}

function isDocument(value: unknown): value is OpenAPI3 {
  return typeof value === 'object' && value !== null && 'openapi' in value && 'paths' in value;
}
