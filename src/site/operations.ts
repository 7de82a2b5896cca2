/** The operations of a contract as the pages list them. */
import type { ContractDocument } from '#contract';
import { fieldsOf, itemsOf, textOf } from './json-node.ts';
import type { Fields } from './json-node.ts';

export interface ListedOperation {
  readonly id: string;
  readonly tag: string;
  /** Upper case. */
  readonly method: string;
  /** The template, without the server's prefix: `/items/{item_id}`. */
  readonly path: string;
  readonly summary: string;
  /** Callable without signing in. */
  readonly isPublic: boolean;
  /** Its responses by status, as the document has them. */
  readonly responses: Fields;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** All of them, in the document's order. */
export function operationsOf(document: ContractDocument): ListedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = fieldsOf(item)[method];
      return operation ? [listed(document, { method, path, operation: fieldsOf(operation) })] : [];
    }),
  );
}

function listed(
  document: ContractDocument,
  { method, path, operation }: { method: string; path: string; operation: Fields },
): ListedOperation {
  const [tag] = itemsOf(operation['tags']);
  const security = itemsOf(operation['security'] ?? document.security);
  return {
    id: textOf(operation, 'operationId'),
    tag: typeof tag === 'string' ? tag : 'default',
    method: method.toUpperCase(),
    path,
    summary: textOf(operation, 'summary'),
    isPublic: security.length === 0,
    responses: fieldsOf(operation['responses']),
  };
}
