/** For development: mails become files that a mail program opens, and nothing leaves the machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import type { MailConfig } from '../config/mail.ts';
import type { Logger } from '../log.ts';
import { createEnvelopes } from './envelope.ts';
import type { Mail } from './mail.ts';

interface Options extends Pick<MailConfig, 'from'> {
  readonly folder: string;
  readonly log: Logger;
}

/** One `.eml` per mail, named after its id: sent again, it is written again. */
export function createFolderMail({ folder, from, log }: Options): Mail {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const envelopeOf = createEnvelopes(from);
  return {
    async send(mail) {
      const { message } = await transport.sendMail(envelopeOf(mail));
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `${mail.id}.eml`);
      await writeFile(file, message);
      log.info({ file }, 'a mail was kept, not sent');
    },
    close() {},
  };
}
