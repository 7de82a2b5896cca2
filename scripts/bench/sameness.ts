/** Whether all peers do the same work: one reply of each, side by side, before anything is measured. */
import { headersFor } from './workloads.ts';
import type { Contender } from './rounds.ts';

/** Throws, with the names of those that differ, unless all give the same status and the same fields. */
export async function requireSameWork(contenders: readonly Contender[]): Promise<void> {
  const replies = await Promise.all(contenders.map(replyOf));
  const [first] = replies;
  const others = replies.filter(({ shape }) => shape !== first?.shape);
  if (!first || others.length === 0) return;
  const told = [first, ...others].map(({ peer, shape }) => `${peer}: ${shape}`);
  throw new Error(`${contenders[0]?.workload.title ?? ''}: the peers differ.\n${told.join('\n')}`);
}

async function replyOf({ peer, workload, token }: Contender) {
  const { method, paths, body, status } = workload;
  const headers = headersFor(workload, token);
  const reply = await fetch(`${peer.url}${paths[0] ?? ''}`, { method, headers, body: body ?? null });
  const text = await reply.text();
  if (reply.status !== status)
    throw new Error(`${peer.name}, ${workload.title}: ${reply.status} instead of ${status}: ${text}`);
  const value: unknown = JSON.parse(text);
  return { peer: peer.name, shape: JSON.stringify(status === 200 ? valueOf(value) : shapeOf(value)) };
}

/** A JSON value with its names in order, so that two of them can be held side by side. */
export function valueOf(value: unknown): unknown {
  if (typeof value === 'string' && timestamp.test(value)) return new Date(value).getTime();
  if (Array.isArray(value)) return value.map(valueOf);
  return typeof value === 'object' && value !== null ? inner(value, valueOf) : value;
}

/** Its names and kinds alone: words and ids of a failure are each peer's own. The order of a list is, too. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shapeOf).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  }
  if (typeof value === 'object' && value !== null) return inner(value, shapeOf);
  return value === null ? 'null' : typeof value;
}

/** Written with more or fewer decimals it is the same moment. */
const timestamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function inner(value: object, of: (value: unknown) => unknown): object {
  const entries = Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(entries.map(([name, each]) => [name, of(each)]));
}
