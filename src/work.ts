/** The command that does background work; `serve` may do it as well. */
import type { Platform } from './app.ts';
import { backgroundJobs, schedules } from './background.ts';
import { launch } from './launch.ts';
import type { Launched } from './launch.ts';
import type { Config } from '#platform/config.ts';
import { createJobMetrics } from '#platform/jobs/job-metrics.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import type { Mail } from '#platform/mail/mail.ts';
import type { Starting } from './start.ts';

/** How long jobs may take to end after SIGTERM; what is not done by then is done anew by another worker. */
const stopTimeoutMs = 20_000;

/** Works until a signal comes. Throws, with everything closed again, when it cannot start. */
export function work(config: Config, root: string): Promise<void> {
  return launch(config, root, async (launched) => {
    await startWork(launched);
    launched.starting.lifecycle.markReady();
    launched.platform.log.info({ version: launched.platform.document.info.version }, 'works on jobs');
    process.send?.('ready');
  });
}

/** Takes jobs from now on, until the lifecycle closes. */
export async function startWork({ platform, starting, databaseUrl }: Launched): Promise<void> {
  const { config, db, clock, log, metrics, storage, bus } = platform;
  const { quotaBytes } = config.uploads;
  const mail = await openMail(platform, starting);
  const worker = await startWorker({
    url: databaseUrl,
    db,
    clock,
    log,
    metrics: createJobMetrics(metrics.registry),
    handlers: backgroundJobs({ db, clock, log, storage, bus, quotaBytes, mail }),
    schedules,
    stopTimeoutMs,
  });
  starting.lifecycle.add('worker', () => worker.stop(), { limitMs: stopTimeoutMs + 2_000 });
}

async function openMail({ config, log }: Platform, starting: Starting): Promise<Mail | undefined> {
  const { smtp, from } = config.mail;
  const isProduction = config.environment === 'production';
  if (!smtp && isProduction) {
    log.warn('SMTP_HOST is not set: mails wait in their queue until it is');
    return undefined;
  }
  // Loaded on demand: nodemailer is not what a start should wait for.
  const mail = smtp
    ? (await import('#platform/mail/smtp-mail.ts')).createSmtpMail(smtp, { from })
    : (await import('#platform/mail/folder-mail.ts')).createFolderMail({
        folder: `${starting.root}.data/mail`,
        from,
        log,
      });
  starting.lifecycle.add('mail', () => mail.close());
  return mail;
}
