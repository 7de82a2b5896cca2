/** Promise: events survive. The connections of the bus are killed 50 times while four writers publish. */
import { withTemporaryPostgres } from '../../scripts/generate/temporary-postgres.ts';
import { killBusWhilePublishing } from '../support/bus-under-fire.ts';

const outcome = await withTemporaryPostgres((url) => killBusWhilePublishing({ url, kills: 50 }));
const { kills, published, heard, resyncs, missed, slowestRecoveryMs } = outcome;
console.log(
  `bus: killed ${kills} times, ${published} events published, ${heard} heard, the others read in ${resyncs} resyncs, ` +
    `${missed} missed; slowest recovery ${slowestRecoveryMs.toFixed(0)} ms`,
);
if (missed > 0 || resyncs <= kills || published < kills) process.exitCode = 1;
