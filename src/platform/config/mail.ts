/** How mail leaves: SMTP settings, or none. */
import * as parse from './parse.ts';
import type { createSettingReader } from './read-setting.ts';

export type MailConfig = Readonly<{
  /** Absent: in development mails are kept in a folder, in production they wait in their queue. */
  smtp: SmtpConfig | undefined;
  /** The address that all mail comes from. */
  from: string;
}>;

export type SmtpConfig = Readonly<{
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  login: Readonly<{ user: string; password: string }> | undefined;
}>;

type Reader = ReturnType<typeof createSettingReader>;

/** The port of SMTP that begins with TLS; on every other one the connection is upgraded to it. */
const implicitTlsPort = 465;

export function readMail(env: Reader): MailConfig {
  const smtp = readSmtp(env);
  if (smtp && !env.given('EMAILS_FROM_EMAIL')) {
    env.fault(
      'EMAILS_FROM_EMAIL',
      'is missing: SMTP_HOST is set. Set it to the address that mail comes from.',
    );
  }
  return Object.freeze({
    smtp,
    from: env.read('EMAILS_FROM_EMAIL', parse.emailAddress, 'accord@localhost.localdomain'),
  });
}

function readSmtp(env: Reader): SmtpConfig | undefined {
  const host = env.read('SMTP_HOST', parse.hostName, undefined);
  const port = env.read('SMTP_PORT', parse.wholeNumber(1, 65_535), 587);
  const security = env.read(
    'SMTP_SECURITY',
    parse.oneOf('tls', 'starttls', 'none'),
    port === implicitTlsPort ? 'tls' : 'starttls',
  );
  const login = readLogin(env);
  if (host === undefined) {
    if (env.given('SMTP_PORT') || login) env.fault('SMTP_HOST', 'is missing: other SMTP settings are set.');
    return undefined;
  }
  return Object.freeze({ host, port, security, login });
}

function readLogin(env: Reader): SmtpConfig['login'] {
  const user = env.read('SMTP_USER', (text) => text, undefined);
  const password = env.read('SMTP_PASSWORD', (text) => text, undefined);
  if (user !== undefined && password !== undefined) return Object.freeze({ user, password });
  if (user !== undefined) env.fault('SMTP_PASSWORD', 'is missing: SMTP_USER is set. Set both, or neither.');
  if (password !== undefined)
    env.fault('SMTP_USER', 'is missing: SMTP_PASSWORD is set. Set both, or neither.');
  return undefined;
}
