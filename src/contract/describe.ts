/** The operations of a document, each with what it inherits from its path and document applied. */
import { resolve } from './reference.ts';
import type { BootFaults } from './boot-faults.ts';
import type {
  ContractDocument,
  OperationObject,
  ParameterObject,
  PathItemObject,
  Reference,
  RequestBodyObject,
  ResponseObject,
  SecurityRequirement,
} from './document.ts';

/** An operation with what it inherits from its path and document already applied, `$ref`s followed. */
export interface DescribedOperation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** The template, without the server's prefix: `/items/{item_id}`. */
  readonly path: string;
  readonly tag: string | undefined;
  readonly security: readonly SecurityRequirement[];
  readonly parameters: readonly ParameterObject[];
  readonly requestBody: RequestBodyObject | undefined;
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** `x-access`, `x-max-body`, … as written; the document's own where the operation is silent. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;
const besideMethods = new Set(['$ref', 'summary', 'description', 'parameters']);

/** Every operation of the document, in its order; what cannot be read becomes a fault. */
export function describeOperations(document: ContractDocument, faults: BootFaults): DescribedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, node]) => {
    if (isExtension(path)) return [];
    const item = resolve(document, node, { id: path, faults });
    refuseUnknownFields(path, item, faults);
    return methods.flatMap((method) => {
      const operation = item[method];
      return operation ? describe(document, { path, method, item, operation }, faults) : [];
    });
  });
}

/** A misspelt method would otherwise never be served, and nobody would be told. */
function refuseUnknownFields(path: string, item: PathItemObject, faults: BootFaults): void {
  for (const field of Object.keys(item)) {
    const isMethod = methods.some((method) => method === field);
    if (!isMethod && !besideMethods.has(field) && !isExtension(field)) {
      faults.add(path, `has the field ${field}, which is not supported`);
    }
  }
}

interface Found {
  readonly path: string;
  readonly method: string;
  readonly item: PathItemObject;
  readonly operation: OperationObject;
}

function describe(
  document: ContractDocument,
  { path, method, item, operation }: Found,
  faults: BootFaults,
): DescribedOperation[] {
  const id = operation.operationId;
  const where = `${method.toUpperCase()} ${path}`;
  if (operation.servers !== undefined) faults.add(where, 'has servers of its own, which is not supported');
  if (!id) {
    faults.add(where, 'has no operationId');
    return [];
  }
  const follow = <T extends object>(node: T | Reference): T => resolve(document, node, { id, faults });
  const responses = Object.entries(operation.responses ?? {}).filter(([status]) => !isExtension(status));
  const described = {
    id,
    method: method.toUpperCase(),
    path,
    tag: operation.tags?.[0],
    security: operation.security ?? document.security ?? [],
    parameters: mergeParameters(
      (item.parameters ?? []).map(follow),
      (operation.parameters ?? []).map(follow),
    ),
    requestBody: operation.requestBody && follow(operation.requestBody),
    responses: Object.fromEntries(responses.map(([status, response]) => [status, follow(response)])),
    extensions: { ...extensionsOf(document), ...extensionsOf(operation) },
  };
  return [described];
}

/** An operation's parameter replaces the path's one of the same name and place. */
function mergeParameters(shared: ParameterObject[], own: ParameterObject[]): ParameterObject[] {
  const isOverridden = (parameter: ParameterObject) =>
    own.some(({ name, in: location }) => name === parameter.name && location === parameter.in);
  return [...shared.filter((parameter) => !isOverridden(parameter)), ...own];
}

function extensionsOf(node: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(node).filter(([key]) => isExtension(key)));
}

function isExtension(key: string): boolean {
  return key.startsWith('x-');
}
