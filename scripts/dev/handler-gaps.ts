// What is missing between the contract and the code, in words that name the file to write.
import type { OpenAPI3 } from 'openapi-typescript';
import type { FoundHandlers } from './handlers.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly route: string;
}

/** A sentence for each operation without a handler, each handler without an operation and each tag unbound. */
export function handlerGaps(document: OpenAPI3, { groups, boundTags }: FoundHandlers): string[] {
  const operations = operationsOf(document);
  const names = new Set(groups.flatMap(({ handlers }) => handlers.map(({ name }) => name)));
  const incomplete = new Set(groups.filter(({ isComplete }) => !isComplete).map(({ tag }) => tag));
  const missing = operations.filter(({ id, tag }) => !names.has(id) && !incomplete.has(tag));
  const ids = new Set(operations.map(({ id }) => id));
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return [
    ...missing.map(
      ({ id, tag, route }) => `${tag}: ${id} (${route}) has no handler: src/features/${tag}/handlers.ts`,
    ),
    ...groups.flatMap(({ tag, file, handlers }) =>
      handlers
        .filter(({ name }) => !ids.has(name))
        .map(({ name, line }) => `${tag}: ${name} has a handler but is not in the contract: ${file}:${line}`),
    ),
    ...(boundTags === undefined ? [] : tags.filter((tag) => !boundTags.includes(tag))).map(
      (tag) => `${tag}: its handlers are bound nowhere: add \`${tag}\` to handlersOf in src/app.ts`,
    ),
  ];
}

function operationsOf({ paths = {} }: OpenAPI3): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = '$ref' in item ? undefined : item[method];
      if (operation === undefined || '$ref' in operation) return [];
      const { operationId: id, tags: [tag] = [] } = operation;
      return id === undefined || tag === undefined
        ? []
        : [{ id, tag, route: `${method.toUpperCase()} ${path}` }];
    }),
  );
}
