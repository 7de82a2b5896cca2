import { describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import type { SmtpConfig } from '#platform/config/mail.ts';
import { createFolderMail } from '#platform/mail/folder-mail.ts';
import { letter } from '#platform/mail/letter.ts';
import { MailRefused } from '#platform/mail/mail.ts';
import { createSmtpMail } from '#platform/mail/smtp-mail.ts';
import { recordingLog } from '../support/log.ts';
import { portOf, startMailServer } from '../support/smtp.ts';

const from = 'accord@example.org';
const message = { id: 'a1b2', to: 'ada@example.com', subject: 'Grüße', text: 'Hello, Ada.' };

function smtpMail(port: number, changes: Partial<SmtpConfig> = {}) {
  const mail = createSmtpMail(
    { host: '127.0.0.1', port, security: 'none', login: undefined, ...changes },
    { from },
  );
  return { ...mail, [Symbol.dispose]: () => mail.close() };
}

describe('mail by SMTP', () => {
  test('arrives with its Message-ID, its subject and its text', async () => {
    await using server = await startMailServer();
    using mail = smtpMail(server.port);
    await mail.send(message);
    const [received] = server.mails;
    expect(received).toMatchObject({ from, to: ['ada@example.com'] });
    expect(received?.raw).toContain('Message-ID: <a1b2@example.org>');
    expect(received?.raw).toContain('Auto-Submitted: auto-generated');
    expect(received?.raw).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=');
    expect(received?.raw).toContain('Hello, Ada.');
  });

  test('has text and HTML where both are given', async () => {
    await using server = await startMailServer();
    using mail = smtpMail(server.port);
    await mail.send({ ...message, html: '<p>Hello, <b>Ada</b>.</p>' });
    expect(server.mails[0]?.raw).toMatch(/multipart\/alternative/);
    expect(server.mails[0]?.raw).toContain('<p>Hello, <b>Ada</b>.</p>');
  });

  test.each(['Hi\r\nBcc: eve@example.com', 'Hi\nBcc: eve@example.com', 'Hi\rBcc: eve@example.com'])(
    'gets no header out of the subject %j',
    async (subject) => {
      await using server = await startMailServer();
      using mail = smtpMail(server.port);
      await mail.send({ ...message, subject });
      expect(server.mails[0]?.to).toEqual(['ada@example.com']);
      expect(server.mails[0]?.raw).not.toMatch(/^Bcc:/im);
    },
  );

  test('goes to one address, whatever the address looks like', async () => {
    await using server = await startMailServer();
    using mail = smtpMail(server.port);
    await mail.send({ ...message, to: 'ada@example.com, eve@example.com' }).catch(() => {});
    expect(server.mails.flatMap(({ to }) => to)).not.toContain('eve@example.com');
  });

  test('reads no file and asks no server for what stands in a text', async () => {
    await using server = await startMailServer();
    using mail = smtpMail(server.port);
    const tricky = Object.assign({ ...message }, { text: { path: '/etc/passwd' } });
    await expect(mail.send(JSON.parse(JSON.stringify(tricky)))).rejects.toThrow(/disabled|File access/i);
    expect(server.mails).toEqual([]);
  });

  test('refused for good is told apart from what may pass', async () => {
    const refusing = (responseCode: number) =>
      startMailServer({
        onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no'), { responseCode })),
      });
    await using strict = await refusing(550);
    await using busy = await refusing(451);
    using toStrict = smtpMail(strict.port);
    using toBusy = smtpMail(busy.port);
    await expect(toStrict.send(message)).rejects.toBeInstanceOf(MailRefused);
    await expect(toBusy.send(message)).rejects.not.toBeInstanceOf(MailRefused);
  });

  test.each([550, 451])(
    'that is refused with %i tells nothing that quotes the address',
    async (responseCode) => {
      await using server = await startMailServer({
        onRcptTo: ({ address }, _session, done) =>
          done(Object.assign(new Error(`<${address}> is not here`), { responseCode })),
      });
      using mail = smtpMail(server.port);
      const failure = await mail.send(message).catch((error: unknown) => error);
      expect(inspect(failure)).toContain(String(responseCode));
      expect(inspect(failure)).not.toContain(message.to);
    },
  );

  test('with a wrong login is not refused for good: the operator can mend that', async () => {
    await using server = await startMailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('wrong')),
    });
    using mail = smtpMail(server.port, { login: { user: 'accord', password: 'wrong' } });
    const failure = mail.send(message);
    await expect(failure).rejects.not.toBeInstanceOf(MailRefused);
    await expect(failure).rejects.toThrow(/^The mail server did not take the mail \(EAUTH, 535\)\.$/);
  });

  test('is never sent in the clear where TLS was asked for', async () => {
    await using server = await startMailServer();
    using mail = smtpMail(server.port, { security: 'starttls' });
    await expect(mail.send(message)).rejects.toThrow(/STARTTLS|TLS/);
    expect(server.mails).toEqual([]);
  });

  test('gives up on a server that takes the connection and says nothing', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    using mail = smtpMail(portOf(silent.address()));
    const started = performance.now();
    await expect(mail.send(message)).rejects.toThrow(/[Gg]reeting/);
    expect(performance.now() - started).toBeGreaterThan(5_000);
    silent.close();
  }, 30_000);
});

test('a mail in development becomes a file, and the same one when it is sent again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'accord-mail-'));
  const { log, lines } = recordingLog();
  const mail = createFolderMail({ folder: path.join(folder, 'new'), from, log });
  await mail.send(message);
  await mail.send(message);
  const file = path.join(folder, 'new', 'a1b2.eml');
  expect(await readFile(file, 'utf8')).toMatch(/^From: accord@example\.org/m);
  expect(lines.at(-1)).toMatchObject({ msg: 'a mail was kept, not sent', file });
  await rm(folder, { recursive: true });
});

test('a letter says in HTML what it says in text, and nothing in it becomes markup', () => {
  const { text, html } = letter({
    subject: 'Hi & bye',
    greeting: 'Hello, <script>alert(1)</script>,',
    paragraphs: ['"One"', 'Two'],
  });
  expect(text).toBe('Hello, <script>alert(1)</script>,\n\n"One"\n\nTwo\n');
  expect(html).toContain('<p>Hello, &lt;script&gt;alert(1)&lt;/script&gt;,</p>');
  expect(html).toContain('<title>Hi &amp; bye</title>');
});
