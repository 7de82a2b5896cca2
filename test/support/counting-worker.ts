// A worker as a process of its own, to be killed: see killed-workers.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createDatabase } from '#platform/database/database.ts';
import { createPool } from '#platform/database/pool.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import { createSmtpMail } from '#platform/mail/smtp-mail.ts';
import { count } from './counting-job.ts';
import { recordingLog } from './log.ts';
import { beWorker } from './worker-program.ts';

const url = process.env['DATABASE_URL'] ?? '';
const port = Number(process.env['SMTP_PORT']);
const pool = createPool({ url, size: 5, applicationName: 'accord-faults' });
const db = createDatabase(pool);
const smtp = { host: '127.0.0.1', port, security: 'none', login: undefined } as const;
const mail = createSmtpMail(smtp, { from: 'accord@example.org' });

const handler = handleJob(count, async ({ job }, { id, once }) => {
  await sql`insert into begun values (${job})`.execute(db);
  await once(async (trx) => {
    await sql`insert into effects values (${job})`.execute(trx);
    await sleep(20);
  });
  await mail.send({ id, to: 'ada@example.com', subject: `Job ${job}`, text: 'Done.' });
  await sleep(20);
});

await beWorker({
  url,
  db,
  log: recordingLog().log,
  handlers: [handler],
  close: async () => {
    mail.close();
    await pool.end();
  },
});
