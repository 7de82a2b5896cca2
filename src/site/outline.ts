/** What the landing page tells of a contract: its title and texts, and its operations by tag. */
import type { ContractDocument } from '#contract';

export interface Outline {
  readonly title: string;
  readonly version: string;
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly openapi: string;
  /** Path of the API, from the first server: `/api/v1`, or empty. */
  readonly prefix: string;
  readonly tags: readonly OutlinedTag[];
}

export interface OutlinedTag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly OutlinedOperation[];
}

export interface OutlinedOperation {
  readonly id: string;
  readonly tag: string;
  /** Upper case. */
  readonly method: string;
  /** The template, without the server's prefix: `/items/{item_id}`. */
  readonly path: string;
  readonly summary: string;
  /** Callable without signing in. */
  readonly isPublic: boolean;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

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
  const descriptions = describedTags(document);
  const names = new Set([...descriptions.keys(), ...byTag.keys()]);
  return [...names]
    .map((name) => ({
      name,
      description: descriptions.get(name) ?? '',
      operations: byTag.get(name) ?? [],
    }))
    .filter(({ operations }) => operations.length > 0);
}

function operationsOf(document: ContractDocument): OutlinedOperation[] {
  const items = Object.entries(document.paths ?? {});
  return items.flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = '$ref' in item ? undefined : item[method];
      if (!operation) return [];
      const security = operation.security ?? document.security ?? [];
      return {
        id: operation.operationId ?? '',
        tag: operation.tags?.[0] ?? 'default',
        method: method.toUpperCase(),
        path,
        summary: textOf(operation, 'summary'),
        isPublic: security.length === 0,
      };
    }),
  );
}

function describedTags(document: ContractDocument): Map<string, string> {
  const tags: unknown = Reflect.get(document, 'tags');
  if (!Array.isArray(tags)) return new Map();
  return new Map(tags.filter(isObject).map((tag) => [textOf(tag, 'name'), textOf(tag, 'description')]));
}

function textOf(node: object, key: string): string {
  const value: unknown = Reflect.get(node, key);
  return typeof value === 'string' ? value : '';
}

function isObject(node: unknown): node is object {
  return typeof node === 'object' && node !== null;
}
