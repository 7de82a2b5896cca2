// What a change of the contract needs behind the running server: the rest of generated/, and a look at which code
// does not fit any more. Neither keeps anybody waiting.
import { misfitsReport } from './misfits.ts';
import { runQuietly } from './processes.ts';

export interface FollowUp {
  /** There is another contract: generated/ is behind, and no code was compared with it. */
  isDue: () => void;
  /** Generates if that is due, then compares the code unless all of it fitted at the last look. */
  run: (options: { compare: boolean }) => void;
  /** Gives up: what still runs is about an older contract, and nobody wants to hear of it. */
  forget: () => void;
  /** When generated/ is not being written. */
  isQuiet: () => Promise<unknown>;
}

export function createFollowUp(): FollowUp {
  let isBehind = false;
  let isCompared = true;
  let hadMisfits = false;
  let current = new AbortController();
  let generating: Promise<unknown> = Promise.resolve();

  async function run(compare: boolean, { signal }: AbortController): Promise<void> {
    await generating;
    if (isBehind && !signal.aborted) await (generating = generate(signal));
    if (compare && !isBehind && !isCompared && !signal.aborted) await compareCode(signal);
  }

  async function generate(signal: AbortSignal): Promise<void> {
    isBehind = false;
    const { code, output } = await runQuietly(['scripts/generate.ts']);
    if (code === 0 && !signal.aborted) return;
    isBehind = true;
    if (!signal.aborted) console.error(`generated/ could not be brought up to date.\n${output.trim()}`);
  }

  async function compareCode(signal: AbortSignal): Promise<void> {
    const report = await misfitsReport(signal);
    if (report === undefined) return;
    if (report !== '') console.error(`\n${report}`);
    else if (hadMisfits) console.log('\nAll code fits the contract again.');
    hadMisfits = report !== '';
    isCompared = !hadMisfits;
  }

  return {
    isDue: () => {
      isBehind = true;
      isCompared = false;
    },
    run: ({ compare }) => {
      current.abort();
      current = new AbortController();
      void run(compare, current);
    },
    forget: () => current.abort(),
    isQuiet: () => generating,
  };
}
