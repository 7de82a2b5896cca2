import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';

/** One file of the contract, parsed in a way that keeps the position of every node. */
export interface Source {
  /** Relative to the checkout: `openapi/items.yaml`. */
  readonly file: string;
  readonly document: Document;
  /** Line and column of an offset in the text, both from 1. */
  readonly placeOf: (offset: number) => { line: number; column: number };
}

/** Every YAML file under `openapi/`, also those that nothing refers to. */
export async function readSources(root: string): Promise<Source[]> {
  const files: string[] = [];
  for await (const file of glob('openapi/**/*.yaml', { cwd: root })) files.push(file);
  return Promise.all(files.sort().map((file) => readSource(root, file)));
}

async function readSource(root: string, file: string): Promise<Source> {
  const text = await readFile(path.join(root, file), 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return {
    file: file.replaceAll(path.sep, '/'),
    document,
    placeOf: (offset) => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}
