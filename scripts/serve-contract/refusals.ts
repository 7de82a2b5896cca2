/** Whose fault a fault is: the engine tells places, and each belongs to operations. */
import type { ContractDocument } from '#contract';
import { asList, asNode, target } from './node.ts';
import type { Prepared, OperationPlace } from './prepare.ts';
import { schemasOf } from './reach.ts';

export interface Attribution {
  /** The operations that a fault concerns; all of them for a fault of the whole document. */
  operationsOf(fault: string): readonly OperationPlace[];
  /** Names of the component schemas that the operation reaches. */
  readonly schemas: ReadonlyMap<OperationPlace, ReadonlySet<string>>;
}

/** A fault begins with its place: an operationId, a path, a method and path, a schema, a security scheme. */
export function attribution({ document, operations }: Prepared): Attribution {
  const schemas = schemasOf(document, operations);
  const places = new Map<string, Set<OperationPlace>>();
  const add = (place: string, operation: OperationPlace) => {
    places.set(place, (places.get(place) ?? new Set()).add(operation));
  };
  for (const operation of operations) {
    for (const place of [operation.id, operation.path, `${operation.method} ${operation.path}`])
      add(place, operation);
    for (const name of schemas.get(operation) ?? []) add(`schema ${name}`, operation);
    for (const name of schemesOf(document, operation)) add(`security scheme ${name}`, operation);
  }
  return {
    schemas,
    operationsOf: (fault) => longestPlace(fault, places) ?? operations,
  };
}

/** The longest of the places that the fault begins with, since a path can be the beginning of another. */
function longestPlace(
  fault: string,
  places: ReadonlyMap<string, ReadonlySet<OperationPlace>>,
): readonly OperationPlace[] | undefined {
  for (let end = fault.lastIndexOf(' '); end > 0; end = fault.lastIndexOf(' ', end - 1)) {
    const found = places.get(fault.slice(0, end));
    if (found) return [...found];
  }
  return undefined;
}

/** The security schemes that an operation names. */
export function schemesOf(document: ContractDocument, { path, method }: OperationPlace): string[] {
  const operation = asNode(target(document, document.paths?.[path])[method.toLowerCase()]);
  const requirements = asList(operation['security'] ?? document.security);
  return [...new Set(requirements.flatMap((requirement) => Object.keys(asNode(requirement))))];
}
