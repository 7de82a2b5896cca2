/** The YAML files of a document, parsed in a way that keeps the position of every node. */
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';

export interface YamlSource {
  /** Relative to the checkout: `openapi/items.yaml`. */
  readonly file: string;
  readonly document: Document;
  /** Line and column of an offset in the text, both from 1. */
  readonly placeOf: (offset: number) => { line: number; column: number };
}

/** Every YAML file under `openapi/`, also those that nothing refers to; none where there is no such folder. */
export async function readYamlSources(root: string): Promise<YamlSource[]> {
  const files: string[] = [];
  for await (const file of glob('openapi/**/*.yaml', { cwd: root })) files.push(file);
  return Promise.all(files.sort().map((file) => readSource(root, file)));
}

async function readSource(root: string, file: string): Promise<YamlSource> {
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

/** The file that a `$ref` names, relative to the checkout, and the place in it. */
export function targetOf(ref: string, from: string): { readonly file: string; readonly place: string } {
  const [file = '', place = ''] = ref.split('#');
  return { file: file === '' ? from : path.posix.join(path.posix.dirname(from), file), place: `#${place}` };
}

/** A JSON pointer, with a leading `#` or without, as steps. */
export function stepsOf(pointer: string): string[] {
  const steps = pointer.replace(/^#?\/?/, '').split('/');
  return steps
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}
