/** Several processes on one database: two applications that share nothing else. */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { startApp } from './support/app.ts';
import { killListeners } from './support/bus-under-fire.ts';
import { createTestDatabase } from './support/database.ts';
import { people } from './support/people.ts';
import { answerTo, handshakeBytes } from './support/raw-socket.ts';
import { openSocket, socketPath, ticketOf } from './support/socket-client.ts';
import { bearer } from './support/visitor.ts';

test('a message reaches everybody, whatever process they are connected to', async () => {
  await using database = await createTestDatabase();
  await using here = await startApp(undefined, { database });
  await using there = await startApp(undefined, { database });
  const { ada, bob } = await people(here);
  using hers = await openSocket(here, ada);
  using his = await openSocket(there, bearer(there, bob.accessToken));
  hers.send({ type: 'message', text: 'Can you hear me?' });
  expect(await his.hears({ type: 'message' })).toMatchObject({ from: ada.id });
  his.send({ type: 'message', text: 'Yes.' });
  await hers.hears({ type: 'message', text: 'Yes.' });
});

test('a ticket of one process opens a socket of another, and a sign-out there closes it', async () => {
  await using database = await createTestDatabase();
  await using here = await startApp(undefined, { database });
  await using there = await startApp(undefined, { database });
  const { ada } = await people(here);
  using hers = await openSocket(there, ada, { query: await ticketOf(ada) });
  await ada.post('/auth/logout');
  expect((await hers.closed()).code).toBe(4401);
});

test('what is said, and who is signed out, while the bus is away is made up for', async () => {
  await using database = await createTestDatabase();
  await using here = await startApp(undefined, { database });
  await using there = await startApp(undefined, { database });
  const { ada, bob, grace } = await people(here);
  using hers = await openSocket(here, ada);
  using his = await openSocket(there, bearer(there, bob.accessToken));
  using hisToo = await openSocket(there, bearer(there, grace.accessToken));
  const said = Array.from({ length: 30 }, (_, index) => `message ${index}`);
  for (const text of said) {
    if (said.indexOf(text) % 3 === 0) await killListeners(here.platform.db);
    hers.send({ type: 'message', text });
    await sleep(110);
  }
  await killListeners(here.platform.db);
  await bob.post('/auth/logout');
  await hisToo.hears({ type: 'message', text: 'message 29' });
  const texts = hisToo.received.flatMap((message) => (message.type === 'message' ? message.text : []));
  expect(texts).toEqual(said);
  expect((await his.closed()).code).toBe(4401);
});

test('a server that stops says so, and is not kept by its sockets', async () => {
  const app = await startApp();
  const { ada } = await people(app);
  using hers = await openSocket(app, ada);
  await app.stop();
  expect(await hers.closed()).toEqual({ code: 1001, reason: 'the server is stopping' });
});

test('3,000 anonymous handshakes of one address are refused at its limit', async () => {
  await using app = await startApp(({ clock }) => ({ limiter: createMemoryLimiter({ clock }) }));
  const statuses = new Map<string, number>();
  for (let round = 0; round < 30; round += 1) {
    const answers = Array.from({ length: 100 }, () => answerTo(app.url, handshakeBytes(socketPath)));
    for (const answer of await Promise.all(answers)) {
      const status = answer.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  expect(Object.fromEntries(statuses)).toEqual({ 401: 300, 429: 2_700 });
});

test('handshakes that wait for the database are refused beyond twenty of one address', async () => {
  await using app = await startApp();
  const { ada } = await people(app);
  const ticket = await ticketOf(ada);
  const { db } = app.platform;
  const answers = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('socket_tickets').selectAll().forUpdate().execute();
    const waiting = Array.from({ length: 60 }, () =>
      answerTo(app.url, handshakeBytes(`${socketPath}?ticket=${ticket}`)),
    );
    const refused = await Promise.race([
      Promise.all(waiting.slice(20)),
      sleep(2_000, undefined, { ref: false }).then(() => Promise.reject(new Error('they were not refused'))),
    ]);
    return { waiting: Promise.all(waiting.slice(0, 20)), refused };
  });
  expect(new Set(answers.refused.map((answer) => answer.slice(9, 12)))).toEqual(new Set(['429']));
  // Ends the one that is open now.
  await app.stop();
  const statuses = (await answers.waiting).map((answer) => answer.slice(9, 12)).sort();
  expect(statuses).toEqual(['101', ...Array.from({ length: 19 }, () => '401')]);
});
