// generated/inputs.sha256 says from which inputs the files were made. Times of files say nothing after a clone.
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from './paths.ts';

const INPUT_FILES = [
  'openapi/**/*.yaml',
  'src/migrations/*.ts',
  'src/contract/*.ts',
  'src/site/asyncapi.ts',
  'scripts/generate/*.ts',
  '.prettierrc.json',
];
const GENERATORS = ['@redocly/cli', 'ajv', 'kysely-codegen', 'openapi-typescript', 'prettier', 'typescript'];

export async function inputsHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await inputFiles()) {
    hash
      .update(`${file}\0`)
      .update(await readFile(fromRoot(file)))
      .update('\0');
  }
  for (const name of GENERATORS) hash.update(`${name}@${await installedVersion(name)}\0`);
  return `${hash.digest('hex')}\n`;
}

/** Whether a path, relative to the checkout, is one of the inputs. */
export function isInput(file: string): boolean {
  return INPUT_FILES.some((pattern) => path.matchesGlob(file, pattern));
}

/** Whether `generated/` was made from what is there now. */
export async function isFresh(): Promise<boolean> {
  const recorded = await readFile(fromRoot('generated/inputs.sha256'), 'utf8').catch(() => undefined);
  return recorded === (await inputsHash());
}

async function inputFiles(): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob(INPUT_FILES, { cwd: fromRoot('.'), withFileTypes: true })) {
    if (entry.isFile()) files.push(path.relative(fromRoot('.'), path.join(entry.parentPath, entry.name)));
  }
  return files.sort();
}

async function installedVersion(name: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(fromRoot(`node_modules/${name}/package.json`), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}
