// What a change of the contract needs behind the running server: the rest of generated/, and a look at which code
// does not fit any more. Neither keeps anybody waiting.
import { misfitsReport } from './misfits.ts';
import { runQuietly } from './processes.ts';

export interface FollowUp {
  /** Writes generated/ anew, and has the code compared with it by the next `check`. */
  generate: () => void;
  /** Compares, if there is something to compare or the last look found misfits. A look that still runs is given up. */
  check: () => void;
  /** The contract is being edited again: what still runs is about an older one, and nobody wants to hear of it. */
  forget: () => void;
  /** When generated/ is not being written. */
  isQuiet: () => Promise<void>;
}

export function createFollowUp(): FollowUp {
  let round = 0;
  let isChecked = true;
  let hadMisfits = false;
  let checking = new AbortController();
  let generating: Promise<boolean> = Promise.resolve(true);

  async function check({ signal }: AbortController): Promise<void> {
    if (!(await generating) || signal.aborted) return;
    const report = await misfitsReport(signal);
    if (report === undefined) return;
    if (report !== '') console.error(`\n${report}`);
    else if (hadMisfits) console.log('\nAll code fits the contract again.');
    hadMisfits = report !== '';
    isChecked = !hadMisfits;
  }

  async function generate(ofRound: number): Promise<boolean> {
    if (ofRound !== round) return false;
    const { code, output } = await runQuietly(['scripts/generate.ts']);
    if (code !== 0 && ofRound === round)
      console.error(`generated/ could not be brought up to date.\n${output.trim()}`);
    return code === 0;
  }

  function forget(): void {
    round += 1;
    checking.abort();
  }

  return {
    generate: () => {
      isChecked = false;
      const ofRound = round;
      generating = generating.then(() => generate(ofRound));
    },
    check: () => {
      checking.abort();
      checking = new AbortController();
      if (!isChecked) void check(checking);
    },
    forget,
    isQuiet: async () => {
      await generating;
    },
  };
}
