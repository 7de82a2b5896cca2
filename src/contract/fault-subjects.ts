/** What of a document a fault speaks of, by the `where` that it was told with. */
import { keysOf, walkOf } from './spots.ts';
import type { ContractDocument } from './document.ts';
import type { Spot, Walk } from './spots.ts';

/** What a fault speaks of, and what it is part of. */
export interface Subject {
  readonly document: Spot;
  readonly walk: Walk;
  /** The subject itself. */
  readonly own: Spot;
  /** The path item of the path or operation. */
  readonly item?: Spot;
  /** Of an operation and of its responses. */
  readonly operation?: Spot;
  /** Of `createItem (201)`. */
  readonly response?: Spot | undefined;
}

interface Found {
  readonly id: unknown;
  readonly item: Spot;
  readonly operation: Spot;
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']);
const sections: Readonly<Record<string, string>> = {
  schema: 'schemas',
  'security scheme': 'securitySchemes',
};

export interface SubjectFinder {
  /** Undefined where nothing in the document is called so. */
  subjectOf(where: string): Subject | undefined;
  /** Where a JSON pointer leads, through the `$ref`s on its way. */
  spotAt(pointer: string): Spot | undefined;
}

export function subjectFinder(document: ContractDocument): SubjectFinder {
  const walk = walkOf(document);
  const base = { document: { node: document, pointer: '' }, walk };
  const items = new Map(walk.entriesOf(walk.along(base.document, 'paths')));
  const operations = [...items.values()].flatMap((item) => operationsOf(item, walk));
  const byId = new Map(operations.toReversed().map((found) => [found.id, found])); // The first of a name counts.

  const ofOperation = (id: string, status?: string): Subject | undefined => {
    const found = byId.get(id);
    if (!found) return undefined;
    const { item, operation } = found;
    const response = status === undefined ? undefined : responseOf(walk, operation, status);
    return { ...base, item, operation, response, own: response ? walk.through(response) : operation };
  };
  const ofPath = (path: string, method?: string): Subject | undefined => {
    const item = items.get(path);
    const operation = method === undefined ? undefined : walk.along(item, method.toLowerCase());
    return item && { ...base, item, own: operation ?? item, ...(operation && { operation }) };
  };
  const ofComponent = (kind: string, name: string): Subject | undefined => {
    const own = walk.along(base.document, 'components', sections[kind] ?? '', name);
    return own && { ...base, own };
  };

  const subjectOf = (where: string): Subject | undefined => {
    if (where === 'the document') return { ...base, own: base.document };
    const [, method, path = ''] = /^([A-Z]+) (.*)$/.exec(where) ?? [];
    const [, kind = '', name = ''] = /^(schema|security scheme) (.+)$/.exec(where) ?? [];
    const [, id = '', status] = /^(\S+)(?: \((\w+)\))?/.exec(where) ?? [];
    return ofPath(where) ?? ofPath(path, method) ?? ofComponent(kind, name) ?? ofOperation(id, status);
  };
  const spotAt = (pointer: string) => walk.along(base.document, ...keysOf(pointer));
  return { subjectOf, spotAt };
}

function operationsOf(item: Spot, walk: Walk): Found[] {
  return walk
    .entriesOf(item)
    .filter(([method]) => methods.has(method))
    .map(([, operation]) => ({ id: walk.along(operation, 'operationId')?.node, item, operation }));
}

/** A response of an operation by its status, in any case: `default`, `4xx`. */
export function responseOf(walk: Walk, operation: Spot | undefined, status: string): Spot | undefined {
  const responses = walk.entriesOf(walk.along(operation, 'responses'));
  return responses.find(([key]) => key.toUpperCase() === status.toUpperCase())?.[1];
}
