// What is missing between the contract and the code, each with its place and in words that name the file to write.
import type { OpenAPI3 } from 'openapi-typescript';
import { type PlaceOf, positionOf } from '#contract/fault-report.ts';
import { pointerTo } from '#contract/field-errors.ts';
import { nearestName } from '#contract/nearest-name.ts';
import type { FoundHandlers, HandlerGroup } from './handlers.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly route: string;
  /** A JSON pointer into the document. */
  readonly pointer: string;
}

/** A line for each operation without a handler, each handler without an operation and each tag unbound. */
export function handlerGaps(
  document: OpenAPI3,
  { groups, boundTags }: FoundHandlers,
  placeOf: PlaceOf,
): string[] {
  const operations = operationsOf(document);
  const names = new Set(groups.flatMap(({ handlers }) => handlers.map(({ name }) => name)));
  const incomplete = new Set(groups.filter(({ isComplete }) => !isComplete).map(({ tag }) => tag));
  const missing = operations.filter(({ id, tag }) => !names.has(id) && !incomplete.has(tag));
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const unbound = boundTags === undefined ? [] : tags.filter((tag) => !boundTags.includes(tag));
  return [
    ...missing.map((operation) => missingLine(operation, placeOf)),
    ...groups.flatMap((group) => unknownLines(group, operations, missing)),
    ...unbound.map(
      (tag) =>
        `src/bind-contract.ts  ${tag}  has handlers that are bound nowhere: add \`${tag}\` to handlersOf`,
    ),
  ];
}

function missingLine({ id, tag, route, pointer }: Operation, placeOf: PlaceOf): string {
  const place = placeOf(pointer);
  const at = place ? `${positionOf(place)}  ` : '';
  return `${at}${id}  (${route}) has no handler: src/features/${tag}/handlers.ts`;
}

/** Where one is called almost as an operation that nobody answers, that is what was meant. */
function unknownLines(
  { file, handlers }: HandlerGroup,
  operations: readonly Operation[],
  missing: readonly Operation[],
): string[] {
  const ids = new Set(operations.map(({ id }) => id));
  const open = missing.map(({ id }) => id);
  return handlers
    .filter(({ name }) => !ids.has(name))
    .map(({ name, ...place }) => {
      const meant = nearestName(name, open, Math.ceil(name.length / 2));
      const advice = meant === undefined ? '' : `: did you mean ${meant}?`;
      return `${positionOf({ file, ...place })}  ${name}  has a handler but is not in the contract${advice}`;
    });
}

function operationsOf({ paths = {} }: OpenAPI3): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = '$ref' in item ? undefined : item[method];
      if (operation === undefined || '$ref' in operation) return [];
      const { operationId: id, tags: [tag] = [] } = operation;
      // What opens a socket has no handler of this kind: the compiler and the boot check tell of its own.
      if (id === undefined || tag === undefined || 'x-websocket' in operation) return [];
      const pointer = `/paths${pointerTo(path)}/${method}`;
      return [{ id, tag, route: `${method.toUpperCase()} ${path}`, pointer }];
    }),
  );
}
