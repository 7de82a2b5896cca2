/** What the contract does not know is refused in one way, and OPTIONS is answered. */
import { problemContent } from './bodies.ts';
import type { Node } from './document.ts';
import type { Received, Sent } from './reply.ts';

/** The reply as OpenAPI would describe it; a string says why there can be none like this. */
export function unroutedReply(
  operations: Node | undefined,
  { method, isPreflight = false }: Sent,
  { status, headers }: Received,
): Node | string {
  if (status === 400) return problem;
  if (isPreflight && status === 204 && 'access-control-allow-methods' in headers) return preflight;
  if (!operations) return status === 404 ? problem : 'an unknown path is a 404, or a malformed one a 400';
  const allow = String(headers['allow']);
  const wrongAllow = `the header Allow is ${allow}`;
  if (method === 'OPTIONS' && status === 204) return allows(operations, allow) ? withAllow : wrongAllow;
  if (method === 'OPTIONS' || status !== 405)
    return 'a method that the path lacks is a 405, and OPTIONS a 204';
  return allows(operations, allow) ? { ...problem, ...withAllow } : wrongAllow;
}

const problem: Node = { content: problemContent };

const withAllow: Node = { headers: { Allow: {} } };

const preflight: Node = {
  headers: {
    'Access-Control-Allow-Methods': {},
    'Access-Control-Allow-Headers': {},
    'Access-Control-Max-Age': {},
  },
};

const methods = ['get', 'put', 'post', 'patch', 'delete'];

/** In any order, but each of them and no other. */
function allows(operations: Node, allow: string): boolean {
  const known = methods.filter((method) => method in operations);
  const expected = [...known, ...('get' in operations ? ['head'] : []), 'options'];
  return String(allow.split(', ').sort()) === String(expected.map((name) => name.toUpperCase()).sort());
}
