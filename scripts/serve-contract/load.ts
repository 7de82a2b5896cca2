/** Reads an OpenAPI document: YAML or JSON, 3.0 or 3.1, with everything that it refers to in other files. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { ContractDocument } from '#contract';
import { bundle } from './bundle.ts';
import { DocumentError } from './document-error.ts';
import { isNode } from './node.ts';

/** The document in one piece; throws a DocumentError that says why it cannot be read. */
export async function loadDocument(file: string): Promise<ContractDocument> {
  const root = path.resolve(file);
  const read = async (name: string) => parsed(name, await text(name));
  return checked(await bundle(root, checked(await read(root)), read));
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new DocumentError(`${file} cannot be read.`, { cause });
  }
}

/** JSON is YAML, too, but its own parser is many times as fast. */
function parsed(file: string, content: string): unknown {
  try {
    if (content.trimStart().startsWith('{') && file.endsWith('.json')) return JSON.parse(content);
    return parse(content, {
      maxAliasCount: maxAliases,
      logLevel: 'silent',
      uniqueKeys: false,
      version: '1.2',
    });
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new DocumentError(`${file} cannot be parsed: ${reason ?? ''}`, { cause });
  }
}

/** Aliases of aliases can make a short file endless. */
const maxAliases = 1000;

function checked(document: unknown): ContractDocument {
  if (!isNode(document)) throw new DocumentError('This is no OpenAPI document: it is not an object.');
  const { swagger, openapi } = document;
  if (swagger !== undefined) {
    throw new DocumentError(
      `The document is of OpenAPI ${typeof swagger === 'string' ? swagger : '2'}, which is not supported: convert it to 3.0 first (swagger2openapi).`,
    );
  }
  if (typeof openapi !== 'string')
    throw new DocumentError('This is no OpenAPI document: it lacks `openapi`.');
  if (!/^3\.[01]\.\d+/.test(openapi)) {
    throw new DocumentError(`The document is of OpenAPI ${openapi}, not 3.0 or 3.1.`);
  }
  if (!isContractDocument(document)) throw new DocumentError('This is no OpenAPI document: it has no paths.');
  return document;
}

function isContractDocument(document: object): document is ContractDocument {
  return 'paths' in document && isNode(document.paths);
}
