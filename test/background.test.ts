/** Background work, from the request to its effect: a real queue, a real worker, a real mail server. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defineJob } from '#platform/jobs/definition.ts';
import { handleJob } from '#platform/jobs/handler.ts';
import { createJobs } from '#platform/jobs/jobs.ts';
import { createSmtpMail } from '#platform/mail/smtp-mail.ts';
import { retentionJobs, forgetEnded } from '../src/retention.ts';
import { useApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { startMailServer } from './support/smtp.ts';
import type { MailServer, ReceivedMail } from './support/smtp.ts';
import { visitor } from './support/visitor.ts';
import { eventually } from './support/eventually.ts';
import { startTestWorker } from './support/work.ts';

const app = useApp();
let server: MailServer;

beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.stop());

/** Sends by the mail server of this file. */
function startWork() {
  const smtp = { host: '127.0.0.1', port: server.port, security: 'none', login: undefined } as const;
  return startTestWorker(app, { mail: createSmtpMail(smtp, { from: 'accord@example.org' }) });
}

function mailTo(address: string): ReceivedMail | undefined {
  return server.mails.find(({ to }) => to.includes(address));
}

describe('signing up', () => {
  test('sends a welcome by name, with a Message-ID of its own', async () => {
    await using _worker = await startWork();
    const body = { email: 'Radia@example.com', password, full_name: 'Radia <b>Perlman</b>' };
    expect((await visitor(app).post('/users', body)).status).toBe(201);
    const { raw } = await eventually(() => mailTo('radia@example.com'));
    expect(raw).toContain('Subject: Welcome to Accord');
    expect(raw).toMatch(/^Message-ID: <[\da-f-]{36}@example\.org>/m);
    expect(raw).toContain('Welcome, Radia &lt;b&gt;Perlman&lt;/b&gt;,');
  });

  test('that is refused sends nothing', async () => {
    await visitor(app).post('/users', { email: 'twice@example.com', password });
    await visitor(app).post('/users', { email: 'twice@example.com', password });
    await visitor(app).post('/users', { email: 'after@example.com', password });
    await using _worker = await startWork();
    await eventually(() => mailTo('after@example.com'));
    await eventually(() => mailTo('twice@example.com'));
    expect(server.mails.filter(({ to }) => to.includes('twice@example.com'))).toHaveLength(1);
  });

  test('of an account that is gone before the worker comes sends nothing, and fails nothing', async () => {
    const { ada, grace } = await people(app);
    expect((await grace.delete(`/users/${ada.id}`)).status).toBe(204);
    await visitor(app).post('/users', { email: 'marker@example.com', password });
    await using _worker = await startWork();
    await eventually(() => mailTo('marker@example.com'));
    expect(mailTo(ada.email)).toBeUndefined();
    expect((await grace.get('/failed-jobs')).body.items).toEqual([]);
  });
});

describe('sending a mail by hand', () => {
  const note = { to: 'ada.by.hand@example.com', subject: 'Maintenance', text: 'Back at six.' };

  test('gives its id, which is that of the mail', async () => {
    const { grace } = await people(app);
    await using _worker = await startWork();
    const { status, body } = await grace.post('/emails', note);
    expect(status).toBe(202);
    const { raw } = await eventually(() => mailTo(note.to));
    expect(raw).toContain(`Message-ID: <${body.id}@example.org>`);
    expect(raw).toContain('Back at six.');
  });

  test('with one key sends one mail', async () => {
    const { grace } = await people(app);
    const mail = { ...note, to: 'once@example.com' };
    const key = { 'Idempotency-Key': 'one' };
    const replies = await Promise.all([1, 2, 3].map(() => grace.post('/emails', mail, key)));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
    await grace.post('/emails', { ...note, to: 'later@example.com' });
    await using _worker = await startWork();
    await eventually(() => mailTo('later@example.com'));
    await eventually(() => mailTo('once@example.com'));
    expect(server.mails.filter(({ to }) => to.includes('once@example.com'))).toHaveLength(1);
  });

  test.each([
    ['subject', 'Hi\r\nBcc: eve@example.com'],
    ['subject', 'Hi\u2028there'],
    ['subject', 'Hi\u0000'],
    ['to', 'ada@example.com, eve@example.com'],
    ['to', 'Ada <ada@example.com>'],
    ['to', 'ada@example.com\r\nBcc: eve@example.com'],
    ['text', ''],
    ['cc', 'eve@example.com'],
  ])('refuses the %s %j', async (name, value) => {
    const { grace } = await people(app);
    const reply = await grace.post('/emails', { ...note, [name]: value });
    expect(reply).toBeProblem(422, 'validation_failed');
    expect(reply.body.errors[0].field).toBe(`body.${name}`);
  });

  test('is not for users', async () => {
    const { ada } = await people(app);
    expect(await ada.post('/emails', note)).toBeProblem(403, 'forbidden');
  });

  test('is in the audit trail, without the address', async () => {
    const { grace } = await people(app);
    await grace.post('/emails', note);
    const { body } = await grace.get('/audit-events?event=email.sent');
    expect(body.items[0]).toMatchObject({ actor_id: grace.id, outcome: 'succeeded', status: 202 });
    expect(JSON.stringify(body)).not.toContain(note.to);
  });
});

describe('a ping', () => {
  test('sets last_active to the moment of the request', async () => {
    const { ada } = await people(app);
    const before = (await ada.get('/users/me')).headers['etag'];
    const earliest = app.clock.now().toISOString();
    expect((await ada.post(`/users/${ada.id}/ping`)).status).toBe(202);
    const latest = app.clock.now().toISOString();
    await using _worker = await startWork();
    const me = await eventually(async () => {
      const { body, headers } = await ada.get('/users/me');
      return body.last_active === null ? undefined : { ...body, etag: headers['etag'] };
    });
    expect(me.last_active >= earliest && me.last_active <= latest).toBe(true);
    // Whoever edits the account is not told that somebody else did.
    expect(me.etag).toBe(before);
  });

  test('is for oneself and for superusers', async () => {
    const { ada, bob, grace } = await people(app);
    expect(await bob.post(`/users/${ada.id}/ping`)).toBeProblem(403, 'forbidden');
    expect((await grace.post(`/users/${ada.id}/ping`)).status).toBe(202);
    expect(await grace.post('/users/2147483647/ping')).toBeProblem(404, 'not_found');
  });
});

describe('failed jobs', () => {
  const broken = defineJob<Record<string, never>>('test.broken', { retries: 0 });

  test('are listed page by page, and a retried one is done', async () => {
    const { grace } = await people(app);
    const { db, log } = app.platform;
    const jobs = createJobs({ url: app.databaseUrl, log, definitions: [broken] });
    let isMended = false;
    let done = 0;
    const handler = handleJob(broken, async () => {
      if (!isMended) throw new Error('no such thing\u0000');
      done += 1;
    });
    await using _worker = await startTestWorker(app, { handlers: [handler] });
    for (let count = 0; count < 3; count++) {
      await db.transaction().execute((trx) => jobs.enqueue(trx, broken, {}));
    }
    await jobs.close();
    await eventually(async () =>
      (await grace.get('/failed-jobs')).body.items.length === 3 ? true : undefined,
    );

    const first = (await grace.get('/failed-jobs?limit=2')).body;
    const rest = (await grace.get(`/failed-jobs?limit=2&cursor=${first.next_cursor}`)).body;
    expect([first.items.length, rest.items.length, rest.next_cursor]).toEqual([2, 1, null]);
    expect(first.items[0]).toMatchObject({ name: 'test.broken', attempts: 1 });

    isMended = true;
    const [{ id }] = first.items;
    expect((await grace.post(`/failed-jobs/${id}/retry`)).status).toBe(202);
    expect(await grace.post(`/failed-jobs/${id}/retry`)).toBeProblem(404, 'not_found');
    await eventually(() => (done === 1 ? true : undefined));
    // The cursor of a job that is no longer there reads on all the same.
    expect((await grace.get(`/failed-jobs?cursor=${first.next_cursor}`)).status).toBe(200);
  });

  test.each(['x', '3F6D1C2B-8E4A-4B97-A0D5-6C7E9F1B2A34', '%00'])('have no cursor %s', async (cursor) => {
    const { grace } = await people(app);
    expect(await grace.get(`/failed-jobs?cursor=${cursor}`)).toBeProblem(422, 'validation_failed');
  });
});

test('what has ended is forgotten, and what has not is kept', async () => {
  const { ada } = await people(app);
  const { db, clock, log, pool } = app.platform;
  await ada.post('/items', { title: 'Lamp' }, { 'Idempotency-Key': 'lamp' });
  await pool.query(`update idempotency_keys set expires_at = $1`, [new Date(clock.now().getTime() - 1)]);
  await ada.post('/items', { title: 'Chair' }, { 'Idempotency-Key': 'chair' });
  const old = await ada.signsInAgain();
  const ended = new Date(clock.now().getTime() - 31 * 86_400_000);
  await pool.query(
    `update sessions set expires_at = $1 where id = (select max(id::text)::uuid from sessions where user_id = $2)`,
    [ended, old.id],
  );
  const before = (await pool.query('select count(*)::int as count from sessions')).rows[0].count;

  const jobs = createJobs({ url: app.databaseUrl, log, definitions: [forgetEnded] });
  await db.transaction().execute((trx) => jobs.enqueue(trx, forgetEnded, {}));
  await jobs.close();
  await using _worker = await startTestWorker(app, { handlers: retentionJobs({ db, clock }) });

  const kept = await eventually(async () => {
    const { rows } = await pool.query('select key from idempotency_keys');
    return rows.some(({ key }) => key === 'lamp') ? undefined : rows;
  });
  expect(kept).toEqual([{ key: 'chair' }]);
  await eventually(async () => {
    const { rows } = await pool.query('select count(*)::int as count from sessions');
    return rows[0].count === before - 1 ? true : undefined;
  });
});
