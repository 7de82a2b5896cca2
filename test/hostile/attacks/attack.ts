import type { Request } from '../../../scripts/fuzz/client.ts';
import { asNode } from '../../../scripts/fuzz/contract.ts';
import type { Operation } from '../../../scripts/fuzz/contract.ts';
import type { Member } from '../../../scripts/fuzz/crew.ts';

/** One hostile request and the statuses that are right answers to it. */
export interface Attack {
  readonly operation: Operation;
  /** What is done, for the list of faults. */
  readonly name: string;
  readonly request: Request;
  readonly expected: readonly number[];
}

/** Headers that a fitting request of this operation has, body aside. */
export function plainHeaders({ isSecured }: Operation, { accessToken }: Member): Record<string, string> {
  return isSecured ? { Authorization: `Bearer ${accessToken}` } : {};
}

/** The path of an operation with ids that exist. Throws for a path parameter that nothing is known of. */
export function plainPath({ id, path }: Operation, { ids }: Member): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const known = ids[name];
    if (known === undefined)
      throw new Error(`${id}: nothing makes what ${name} addresses; teach enlist in scripts/fuzz/crew.ts`);
    return String(known);
  });
}

/** A fitting request without query; required query parameters are the business of their own attacks. */
export function plainRequest(operation: Operation, member: Member): Request {
  const { method } = operation;
  return { method, path: plainPath(operation, member), headers: plainHeaders(operation, member) };
}

export function propertiesOf(schema: unknown): [string, unknown][] {
  return Object.entries(asNode(asNode(schema)['properties']));
}
