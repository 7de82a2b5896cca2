/** Promise: the effect of each job happens once, and its mail comes at least once. Workers are killed 50 times. */
import { withTemporaryPostgres } from '../../scripts/generate/temporary-postgres.ts';
import { killWorkers } from '../support/killed-workers.ts';

const outcome = await withTemporaryPostgres((url) => killWorkers({ url, kills: 50, jobs: 2_000 }));
const { kills, jobs, begun, onceDone, effects, mails, messageIds, recoverySeconds } = outcome;
console.log(
  `worker: killed ${kills} times, ${jobs} jobs, begun ${begun} times, ${effects} effects, ${onceDone} jobs with ` +
    `exactly one; ${mails} mails with ${messageIds} Message-IDs; all done ${recoverySeconds.toFixed(1)} s after the last kill`,
);
const isKept = onceDone === jobs && effects === jobs && messageIds === jobs;
// Nothing is proved where no job was interrupted.
if (!isKept || begun === jobs) process.exitCode = 1;
