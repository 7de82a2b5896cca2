/** What the landing page tells of a contract: its title and texts, and its operations by tag. */
import type { ContractDocument } from '#contract';
import { asyncApiOf } from './asyncapi.ts';
import { fieldsOf, itemsOf, textOf } from './json-node.ts';
import { operationsOf } from './operations.ts';
import type { ListedOperation } from './operations.ts';

export interface Outline {
  readonly title: string;
  readonly version: string;
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly openapi: string;
  /** Path of the API, from the first server: `/api/v1`, or empty. */
  readonly prefix: string;
  /** Some operation opens a socket. */
  readonly hasSockets: boolean;
  readonly tags: readonly OutlinedTag[];
}

export interface OutlinedTag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly ListedOperation[];
}

/** Reads the outline; what the document does not say is empty text. */
export function outlineOf(document: ContractDocument): Outline {
  const { info, openapi } = document;
  return {
    title: info.title,
    version: info.version,
    summary: textOf(info, 'summary'),
    description: textOf(info, 'description'),
    openapi,
    prefix: prefixOf(document),
    hasSockets: asyncApiOf(document) !== undefined,
    tags: tagsOf(document),
  };
}

function prefixOf({ servers }: ContractDocument): string {
  const url = servers?.[0]?.url ?? '/';
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/\/+$/, '');
}

/** Tags in the document's order, then those that only operations name; empty ones are left out. */
function tagsOf(document: ContractDocument): OutlinedTag[] {
  const byTag = Map.groupBy(operationsOf(document), ({ tag }) => tag);
  const described = itemsOf(fieldsOf(document)['tags']);
  const descriptions = new Map(described.map((tag) => [textOf(tag, 'name'), textOf(tag, 'description')]));
  const names = new Set([...descriptions.keys(), ...byTag.keys()]);
  return [...names]
    .map((name) => ({
      name,
      description: descriptions.get(name) ?? '',
      operations: byTag.get(name) ?? [],
    }))
    .filter(({ operations }) => operations.length > 0);
}
