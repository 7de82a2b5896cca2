import type { Logger } from '../log.ts';
import type { Mail, MailMessage } from './mail.ts';
import { MailRefused } from './mail.ts';

export interface Deliveries {
  readonly mail: Mail;
  readonly log: Logger;
}

/** For jobs: rejects where trying again may help, and tells the log where it will not. */
export async function deliver({ mail, log }: Deliveries, message: MailMessage): Promise<void> {
  try {
    await mail.send(message);
  } catch (err) {
    if (!(err instanceof MailRefused)) throw err;
    // Not the error itself: it quotes the address.
    log.warn({ mail_id: message.id }, 'a mail was refused for good by the mail server');
  }
}
