import { createTransport } from 'nodemailer';
import type { MailConfig, SmtpConfig } from '../config/mail.ts';
import { createEnvelopes } from './envelope.ts';
import type { Mail } from './mail.ts';
import { MailRefused } from './mail.ts';

const seconds = 1000;

/** A server that no longer answers must not hold the job for minutes. */
const limits = {
  connectionTimeout: 10 * seconds,
  greetingTimeout: 10 * seconds,
  socketTimeout: 30 * seconds,
  dnsTimeout: 10 * seconds,
};

/** Mail by SMTP, over connections that are kept. */
export function createSmtpMail(smtp: SmtpConfig, { from }: Pick<MailConfig, 'from'>): Mail {
  const transport = createTransport({
    ...limits,
    pool: true,
    maxConnections: 4,
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: smtp.security === 'starttls',
    ignoreTLS: smtp.security === 'none',
    ...(smtp.login && { auth: { user: smtp.login.user, pass: smtp.login.password } }),
  });
  const envelopeOf = createEnvelopes(from);
  return {
    async send(message) {
      try {
        await transport.sendMail(envelopeOf(message));
      } catch (error) {
        throw isRefusal(error) ? new MailRefused(reasonOf(error)) : new Error(reasonOf(error));
      }
    },
    close: () => transport.close(),
  };
}

/** 5xx about the mail itself; refused credentials are the operator's to mend, and then it can be sent. */
function isRefusal(error: unknown): boolean {
  if (!Error.isError(error) || !('responseCode' in error)) return false;
  const isAboutLogin = 'code' in error && error.code === 'EAUTH';
  return Number(error.responseCode) >= 500 && !isAboutLogin;
}

/** Without the words of the server, and without the error that has them: they quote addresses and logins. */
function reasonOf(error: unknown): string {
  if (!Error.isError(error) || !('responseCode' in error)) return String(error);
  const code = 'code' in error ? `${String(error.code)}, ` : '';
  return `The mail server did not take the mail (${code}${String(error.responseCode)}).`;
}
