/** Whose fault a fault is: the engine tells places, and each belongs to operations. */
import type { ContractDocument } from '#contract';
import type { ContractFault } from '#contract/boot-faults.ts';
import { asList, asNode, target } from './node.ts';
import type { Prepared, OperationPlace } from './prepare.ts';
import { schemasOf } from './reach.ts';

export interface Attribution {
  /** The operations that a fault concerns; all of them for a fault of the whole document. */
  operationsOf(fault: ContractFault): readonly OperationPlace[];
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
    operationsOf: ({ where, what, pointer = '' }) =>
      longestPlace(where === 'the document' ? `${placeAt(pointer)} ` : `${where} ${what}`, places) ??
      operations,
  };
}

/** Of what is found while the document is read, only the pointer tells whose it is. */
function placeAt(pointer: string): string {
  const [, section, ...steps] = pointer
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [first = '', second = ''] = steps;
  if (section === 'components' && first === 'schemas') return `schema ${second}`;
  return section === 'paths' ? `${second.toUpperCase()} ${first}` : pointer;
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
