/** Indexed routing in place of openapi-backend's: the cost of a match does not grow with the contract. */
import findMyWay from 'find-my-way';
import { OpenAPIRouter } from 'openapi-backend';
import { asExchange } from './exchange.ts';
import { parameterNamesOf, treePath } from './path-template.ts';
import { decodeUriComponent, refuseUnencoded } from './percent-encoding.ts';
import { Problem } from './problem.ts';
import type { Request } from 'openapi-backend';
import type { Operation } from './operation.ts';

interface Route {
  readonly byMethod: ReadonlyMap<string, Operation>;
  /** Names of the path parameters, in the order of the template. */
  readonly parameterNames: readonly string[];
  /** Every method that answers here, HEAD and OPTIONS included. */
  readonly allow: string;
}

/** What the engine's router found; thrown failures are problems. */
export interface RouteMatch {
  readonly operation: Operation;
  readonly pathParams: Record<string, string | undefined>;
}

/** Node refuses longer request targets; how long a parameter may be is for its schema to say. */
const longestPath = 65_536;

export class ContractRouter extends OpenAPIRouter {
  readonly #tree = findMyWay({ caseSensitive: true, maxParamLength: longestPath });
  readonly #prefix: string;
  readonly #operations: ReadonlyMap<string, Operation>;

  constructor(operations: readonly Operation[], prefix: string) {
    super({ definition: { openapi: '3.0.0', info: { title: '', version: '' }, paths: {} } });
    this.#prefix = prefix;
    this.#operations = new Map(operations.map((operation) => [operation.id, operation]));
    for (const [path, group] of groupByPath(operations)) this.#addRoute(path, group);
  }

  /** Finds the operation; throws 400, 404 or 405 (with `Allow`). */
  match(method: string, path: string): RouteMatch {
    const { route, pathParams } = this.#find(path);
    const operation =
      route.byMethod.get(method) ?? (method === 'HEAD' ? route.byMethod.get('GET') : undefined);
    if (!operation) throw methodNotAllowed(method, route.allow);
    return { operation, pathParams };
  }

  // The four members below are what openapi-backend calls; the canary test holds them to it.

  override matchOperation(request: Request): never {
    // Matched before; openapi-backend reads only operationId and security, which ours have.
    return asExchange(request).operation as never;
  }

  override parseRequest(request: Request): never {
    return request as never; // Parsed before; openapi-backend only hands it on.
  }

  override getOperations(): never[] {
    return [...this.#operations.values()] as never[]; // As above.
  }

  override getOperation(operationId: string): never {
    return this.#operations.get(operationId) as never; // As above.
  }

  #addRoute(path: string, operations: readonly Operation[]): void {
    const byMethod = new Map(operations.map((operation) => [operation.method, operation]));
    const route: Route = { byMethod, parameterNames: parameterNamesOf(path), allow: allowed(byMethod) };
    // One tree for all methods: a literal path wins whatever its methods are.
    this.#tree.on('GET', treePath(this.#prefix + path), () => undefined, route);
  }

  #find(path: string): { route: Route; pathParams: Record<string, string | undefined> } {
    refuseUnencoded(path);
    decodeUriComponent(path);
    // find-my-way would put a slash in the place of whatever comes before the first: `*` would be `/`.
    if (!path.startsWith('/')) throw noSuchPath();
    const found = this.#tree.find('GET', path);
    if (!found) throw noSuchPath();
    const route = found.store as Route; // #addRoute stores nothing else.
    return { route, pathParams: pathParamsOf(route, found.params) };
  }
}

/** An empty segment is no value: `/items/` is not an item, whatever find-my-way says. */
function pathParamsOf(
  { parameterNames }: Route,
  found: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const params: Record<string, string | undefined> = {}; // Path parameters called __proto__ are refused at boot.
  parameterNames.forEach((name, index) => {
    const value = found[`p${index}`];
    if (value === undefined || value === '') throw noSuchPath();
    params[name] = value;
  });
  return params;
}

function groupByPath(operations: readonly Operation[]): Map<string, Operation[]> {
  return Map.groupBy(operations, ({ path }) => path);
}

function allowed(byMethod: ReadonlyMap<string, Operation>): string {
  const methods = new Set([...byMethod.keys(), ...(byMethod.has('GET') ? ['HEAD'] : []), 'OPTIONS']);
  return [...methods].join(', ');
}

function noSuchPath(): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is nothing here.',
  });
}

function methodNotAllowed(method: string, allow: string): Problem {
  return new Problem({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: `${method} is not supported here.`,
    headers: { Allow: allow },
  });
}
