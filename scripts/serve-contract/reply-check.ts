/** Holds a reply to the contract before anybody asks for it, by the check that the engine itself makes. */
import { Readable } from 'node:stream';
import type { Exchange, Operation, ReplyValue } from '#contract';
import { finish } from '#contract/handler-call.ts';

/** What is wrong with a reply; empty when it may leave. */
export async function replyFaults(
  operation: Operation,
  reply: ReplyValue,
  accept: string | undefined,
): Promise<string[]> {
  const faults: string[] = [];
  const onBreach = ({ detail }: { detail: string }) => void faults.push(detail);
  try {
    const { body } = await finish(standIn(operation, accept), reply, { breaches: 'report', onBreach });
    await readToItsEnd(body);
  } catch (error) {
    if (faults.length === 0) faults.push(causeOf(error));
  }
  return faults;
}

/** A stream is checked part by part. */
async function readToItsEnd(body: unknown): Promise<void> {
  if (typeof body !== 'object' || body === null || !('next' in body)) return;
  const { next } = body;
  if (typeof next !== 'function') return;
  for (let part: unknown = ''; part !== undefined;) part = await Reflect.apply(next, body, []);
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : causeOf(error.cause);
}

/** A request of which only matters what it wants to get. */
function standIn(operation: Operation, accept: string | undefined): Exchange {
  return {
    operation, method: operation.method, path: operation.path, queryString: '', pathParams: {},
    headers: accept === undefined ? {} : { accept }, stream: Readable.from([]), id: 'boot', ip: '127.0.0.1',
    principal: undefined, body: undefined, parameters: undefined, accepted: accept, signal: undefined,
    replyHeaders: {},
  }; // prettier-ignore
}
