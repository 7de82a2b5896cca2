/** Takes what a document refers to in other files into it. Nothing is fetched over the network. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runRedocly } from '../redocly/run.ts';
import { DocumentError } from './document-error.ts';
import { isNode } from './node.ts';

/** A document of more files is not split but lost. */
const maxFiles = 2000;

/** The document at `root` in one piece; as it is where it refers to nothing outside. */
export async function bundle(
  root: string,
  document: unknown,
  read: (file: string) => Promise<unknown>,
): Promise<unknown> {
  const seen = new Set([root]);
  const queue = filesIn(root, document);
  if (queue.length === 0) return document;
  for (const file of queue) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (seen.size > maxFiles) throw new DocumentError(`The document refers to more than ${maxFiles} files.`);
    queue.push(...filesIn(file, await read(file)));
  }
  return bundled(root);
}

/** The other files that a file refers to, absolute. */
function filesIn(file: string, document: unknown): string[] {
  const references = [...new Set(referencesIn(document))].filter((reference) => !reference.startsWith('#'));
  return references.map((reference) => {
    if (/^[a-z][a-z\d+.-]+:/i.test(reference)) {
      throw new DocumentError(`${file} refers to ${reference}: nothing is fetched over the network.`);
    }
    return path.resolve(path.dirname(file), decoded(reference.replace(/#.*$/s, '')));
  });
}

function* referencesIn(node: unknown): Generator<string> {
  const stack = [node];
  while (stack.length > 0) {
    const next = stack.pop();
    if (Array.isArray(next)) next.forEach((one: unknown) => stack.push(one));
    else if (isNode(next)) {
      if (typeof next['$ref'] === 'string') yield next['$ref'];
      stack.push(...Object.keys(next).flatMap((keyword) => (isData(keyword) ? [] : [next[keyword]])));
    }
  }
}

/** A `$ref` in there is somebody's data. */
function isData(keyword: string): boolean {
  return keyword === 'example' || keyword === 'x-examples';
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

async function bundled(root: string): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-serve-'));
  try {
    // From an empty folder: a redocly.yaml beside the document would change what comes out.
    const { failed, stderr } = await runRedocly(folder, ['bundle', root, '--output', 'bundled.json']);
    if (failed) throw new DocumentError(`The files of ${root} cannot be put together.\n${stderr.trim()}`);
    const document: unknown = JSON.parse(await readFile(path.join(folder, 'bundled.json'), 'utf8'));
    return document;
  } finally {
    await rm(folder, { recursive: true });
  }
}
