/** What can only be seen when document, handlers and authenticators are put side by side. */
import { pointerTo } from './field-errors.ts';
import { nearestName } from './nearest-name.ts';
import { isSocketOperation } from './socket.ts';
import { parameterNamesOf, serverUrl, shapeOf, templateFault } from './path-template.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument } from './document.ts';

/** Names under which openapi-backend looks for its own handlers: an operation must not replace one. */
const reservedNames = new Set(['404', 'notFound', '405', 'methodNotAllowed', '501', 'notImplemented', '400',
  'validationFail', 'unauthorizedHandler', 'preRoutingHandler', 'postRoutingHandler', 'postSecurityHandler',
  'preOperationHandler', 'postResponseHandler']); // prettier-ignore

/** The key beside the scheme names in openapi-backend's result. */
const reservedScheme = 'authorized';

/** The version decides how schemas and parameters are to be read. */
export function checkDocument(document: ContractDocument, faults: BootFaults): void {
  const { openapi } = document;
  const refuse = (pointer: string, what: string) => faults.add('the document', what, pointer);
  if (!/^3\.[01]\.\d+$/.test(openapi)) refuse('/openapi', `is of OpenAPI ${openapi}, not 3.0 or 3.1`);
  const url = serverUrl(document);
  const [server, isUrl] = ['/servers/0/url', url.startsWith('/') || URL.canParse(url)];
  if (/[{}]/.test(url)) refuse(server, `has a server with a variable without a default (${url})`);
  else if (!isUrl) refuse(server, `has a server that is neither a URL nor a path from the root (${url})`);
}

/** Every operation has a name of its own and exactly one handler, and every handler an operation. */
export function checkHandlers(
  operations: readonly DescribedOperation[],
  groups: readonly Readonly<Record<string, unknown>>[],
  faults: BootFaults,
): void {
  const handlers = Map.groupBy(
    groups.flatMap((group) => Object.entries(group)),
    ([name]) => name,
  );
  const known = Map.groupBy(operations, ({ id }) => id);
  for (const [id, [operation, ...others]] of known) {
    if (!operation) continue;
    for (const other of others) {
      const place = `${operationPointer(other)}/operationId`;
      faults.add(id, 'is the operationId of more than one operation', place);
    }
    if (reservedNames.has(id))
      faults.add(id, 'cannot be an operationId: openapi-backend uses this name itself');
    if (id in Object.prototype) faults.add(id, 'cannot be an operationId: every JavaScript object has it');
    checkHandler(operation, handlers.get(id) ?? [], faults);
  }
  for (const name of handlers.keys()) {
    if (!known.has(name)) refuseUnknownHandler(name, { operations, handlers, faults });
  }
}

/** Names the operation that was meant: rather one that nobody answers, and then a less similar one as well. */
function refuseUnknownHandler(
  name: string,
  {
    operations,
    handlers,
    faults,
  }: {
    operations: readonly DescribedOperation[];
    handlers: ReadonlyMap<string, unknown>;
    faults: BootFaults;
  },
): void {
  const ids = operations.map(({ id }) => id);
  const open = ids.filter((id) => !handlers.has(id));
  const meant = nearestName(name, open, Math.ceil(name.length / 2)) ?? nearestName(name, ids, 2);
  const what = 'has a handler but is not in the contract';
  const operation = operations.find(({ id }) => id === meant);
  if (operation) faults.add(name, `${what}: did you mean ${operation.id}?`, operationPointer(operation));
  else faults.add(name, what);
}

function checkHandler(
  operation: DescribedOperation,
  handlers: readonly [string, unknown][],
  faults: BootFaults,
): void {
  const { id, method, path } = operation;
  if (isSocketOperation(operation)) {
    if (handlers.length > 0)
      faults.add(id, `(${method} ${path}) opens a socket, which no handler can answer`);
    return;
  }
  if (handlers.length === 0) faults.add(id, `(${method} ${path}) has no handler`);
  if (handlers.length > 1) faults.add(id, `(${method} ${path}) has ${handlers.length} handlers`);
  if (handlers.some(([, handler]) => typeof handler !== 'function')) {
    faults.add(id, `(${method} ${path}) has a handler that is not a function`);
  }
}

/** Every operation that opens a socket has a socket handler, and no other has one. */
export function checkSockets(
  operations: readonly DescribedOperation[],
  handlers: Readonly<Record<string, unknown>>,
  faults: BootFaults,
): void {
  const opening = operations.filter(isSocketOperation);
  for (const { id, method, path } of opening) {
    if (!Object.hasOwn(handlers, id)) faults.add(id, `(${method} ${path}) has no socket handler`);
  }
  for (const name of Object.keys(handlers)) {
    const isKnown = opening.some(({ id }) => id === name);
    if (!isKnown) faults.add(name, 'has a socket handler but is no operation that opens a socket');
  }
}

/** Every scheme that an operation names is declared and has an authenticator. */
export function checkSecurity(
  document: ContractDocument,
  operations: readonly DescribedOperation[],
  { authenticators, faults }: { authenticators: Readonly<Record<string, unknown>>; faults: BootFaults },
): void {
  const declared = document.components?.securitySchemes ?? {};
  for (const { id, security } of operations) {
    for (const scheme of security.flatMap((requirement) => Object.keys(requirement))) {
      if (!Object.hasOwn(declared, scheme)) faults.add(id, `names the undeclared security scheme ${scheme}`);
      else if (scheme === reservedScheme || scheme in Object.prototype) {
        faults.add(`security scheme ${scheme}`, 'cannot have this name');
      } else if (!Object.hasOwn(authenticators, scheme)) {
        faults.add(`security scheme ${scheme}`, 'has no authenticator');
      }
    }
  }
}

/** Templates are of a kind that the router serves, differ in more than names, and declare their parameters. */
export function checkPaths(operations: readonly DescribedOperation[], faults: BootFaults): void {
  const pathsByShape = Map.groupBy(new Set(operations.map(({ path }) => path)), shapeOf);
  for (const [path = '', ...others] of pathsByShape.values()) {
    for (const other of others) faults.add(other, `answers the same paths as ${path}`);
  }
  for (const operation of operations) {
    const fault = templateFault(operation.path);
    if (fault) faults.add(operation.path, fault);
    checkParameters(operation, faults);
  }
}

function checkParameters({ id, path, parameters }: DescribedOperation, faults: BootFaults): void {
  const inTemplate = parameterNamesOf(path);
  const declared = parameters.flatMap(({ name, in: location }) => (location === 'path' ? [name] : []));
  for (const name of inTemplate) {
    if (!declared.includes(name)) faults.add(id, `does not declare the path parameter ${name}`);
  }
  for (const name of declared) {
    if (!inTemplate.includes(name))
      faults.add(id, `declares the path parameter ${name}, which ${path} does not have`);
  }
  const keys = parameters.map(({ name, in: location }) => `${name} in ${location}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) faults.add(id, `declares the parameter ${twice} more than once`);
}

function operationPointer({ path, method }: DescribedOperation): string {
  return `/paths${pointerTo(path)}${pointerTo(method.toLowerCase())}`;
}
