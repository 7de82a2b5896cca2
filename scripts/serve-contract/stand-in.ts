/** A document booted with replies of its own: what the program serves, and what the proof sends requests to. */
import { loadDocument } from './load.ts';
import { prepare } from './prepare.ts';
import { boot } from './boot.ts';
import type { Booted, HandlerTools } from './boot.ts';
import { createReplies } from './replies.ts';
import type { Replies } from './replies.ts';
import type { ContractDocument } from '#contract';

export interface StandIn extends Booted {
  readonly document: ContractDocument;
  readonly replies: ReadonlyMap<string, Replies>;
  /** What is not served as it is written. */
  readonly notes: readonly string[];
  readonly milliseconds: { readonly load: number; readonly boot: number; readonly examples: number };
}

/** Throws a DocumentError where nothing can be served. */
export async function standIn(file: string): Promise<StandIn> {
  const clock = stopwatch();
  const prepared = prepare(await loadDocument(file));
  const load = clock();
  const replies = new Map<string, Replies>();
  const booted = await boot(prepared, ({ exchange }: HandlerTools) => {
    const found = replies.get(exchange.operation.id);
    if (!found) throw new Error(`${exchange.operation.id} has no replies`);
    return found.replyTo(exchange);
  });
  const bootTime = clock();
  for (const operation of booted.contract.operations) {
    replies.set(operation.id, await createReplies(prepared.document, operation));
  }
  const milliseconds = { load, boot: bootTime, examples: clock() };
  return { ...booted, document: prepared.document, notes: prepared.notes, replies, milliseconds };
}

/** Milliseconds since it was last asked. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const passed = performance.now() - last;
    last += passed;
    return Math.round(passed);
  };
}
