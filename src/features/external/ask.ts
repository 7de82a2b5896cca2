/** Asks several sources at once; one that fails takes nothing from the others. */
import type { Schema } from '#api';
import { OutboundError } from '#platform/outbound/outbound-error.ts';
import type { CallOptions, Target } from '#platform/outbound/target.ts';

/** What came of asking a source: for the client, and why it gave no data. */
export interface Answer {
  readonly result: Schema<'ExternalResult'>;
  readonly error?: OutboundError;
}

export interface NamedTarget {
  readonly name: string;
  readonly target: Target;
}

/** More at once would let one request take all connections and much memory. */
const mostAtOnce = 4;

/** In the order of the targets. All together end by `timeoutMs`: where they take turns, each has its share of it. */
export async function askAll(
  targets: readonly NamedTarget[],
  { signal, timeoutMs }: Required<CallOptions>,
): Promise<readonly Answer[]> {
  const turns = Math.ceil(targets.length / mostAtOnce);
  const options = { signal, timeoutMs: Math.floor(timeoutMs / turns) };
  const answers: Answer[] = [];
  const waiting = targets.entries();
  const worker = async () => {
    for (const [index, target] of waiting) answers[index] = await ask(target, options);
  };
  await Promise.all(Array.from({ length: mostAtOnce }, worker));
  return answers;
}

/** Rejects only when the caller left, or for a bug. */
async function ask({ name, target }: NamedTarget, options: CallOptions): Promise<Answer> {
  try {
    const data = await target.getJson(options);
    return { result: { source: name, outcome: 'received', data } };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { result: { source: name, outcome: error.outcome, data: null }, error };
  }
}
