import type { MailMessage } from './mail.ts';

/** Mails from this address, in the words of nodemailer. */
export function createEnvelopes(from: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return ({ id, to, subject, text, html }: MailMessage) => ({
    messageId: `<${id}@${domain}>`,
    // Addresses as objects are written as they are, and not searched for further ones.
    from: { name: '', address: from },
    to: { name: '', address: to },
    subject,
    text,
    ...(html !== undefined && { html }),
    // Nobody's "out of office" is wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
    // What a mail consists of is given, never fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
