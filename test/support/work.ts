/** A worker beside a test application, as `work` runs it. */
import { Registry } from '#platform/prometheus.ts';
import { backgroundJobs } from '#background';
import { createJobMetrics } from '#platform/jobs/job-metrics.ts';
import type { JobHandler } from '#platform/jobs/handler.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import type { Mail, MailMessage } from '#platform/mail/mail.ts';
import type { TestApp } from './app.ts';

/** Keeps what it is to send. */
export function recordingMail(): Mail & { readonly sent: readonly MailMessage[] } {
  const sent: MailMessage[] = [];
  return {
    sent,
    send: async (message) => {
      sent.push(message);
    },
    close() {},
  };
}

export interface TestWorker extends AsyncDisposable {
  readonly registry: Registry;
  stop(): Promise<void>;
}

interface Work {
  readonly mail?: Mail;
  /** In place of those of the application. */
  readonly handlers?: readonly JobHandler[];
}

export async function startTestWorker(
  app: TestApp,
  { mail = recordingMail(), handlers }: Work = {},
): Promise<TestWorker> {
  const { config, db, clock, log, storage, bus } = app.platform;
  const { quotaBytes } = config.uploads;
  const registry = new Registry();
  const worker = await startWorker({
    url: app.databaseUrl,
    db,
    clock,
    log,
    metrics: createJobMetrics(registry),
    handlers: handlers ?? backgroundJobs({ db, clock, log, storage, bus, quotaBytes, mail }),
    schedules: [],
    stopTimeoutMs: 5_000,
  });
  const stop = () => worker.stop();
  return { registry, stop, [Symbol.asyncDispose]: stop };
}
