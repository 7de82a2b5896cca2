/** Sockets, as two clients see them. */
import { expect, test } from '@jest/globals';
import { useApp } from './support/app.ts';
import { people, password } from './support/people.ts';
import { openSocket, ticketOf } from './support/socket-client.ts';

const app = useApp();
const thirtyOneMinutes = 31 * 60;

test('who says something in the lobby is heard by everybody, and by themselves', async () => {
  const { ada, bob } = await people(app);
  using hers = await openSocket(app, ada);
  using his = await openSocket(app, bob);
  hers.send({ type: 'message', text: 'The lamp has arrived.' });
  const heard = { type: 'message', channel: 'lobby', from: ada.id, text: 'The lamp has arrived.' };
  expect(await his.hears({ type: 'message' })).toEqual({ ...heard, at: expect.any(String) });
  expect(await hers.hears({ type: 'message' })).toEqual({ ...heard, at: expect.any(String) });
});

test('what is said comes in the order in which it was said, and once', async () => {
  const { ada, bob } = await people(app);
  using hers = await openSocket(app, ada);
  using his = await openSocket(app, bob);
  const said = Array.from({ length: 15 }, (_, index) => `${bob.email} ${index}`);
  for (const text of said) hers.send({ type: 'message', text });
  await his.hears({ type: 'message', text: `${bob.email} 14` });
  const texts = his.received.flatMap((message) => (message.type === 'message' ? message.text : []));
  expect(texts).toEqual(said);
});

test('coming and going is told in the lobby', async () => {
  const { ada, bob } = await people(app);
  using hers = await openSocket(app, ada);
  const his = await openSocket(app, bob);
  const about = { channel: 'lobby', from: bob.id, at: expect.any(String) };
  expect(await hers.hears({ type: 'joined', from: bob.id })).toEqual({ type: 'joined', ...about });
  his.ws.close();
  expect(await hers.hears({ type: 'left', from: bob.id })).toEqual({ type: 'left', ...about });
});

test('who has left a channel hears nothing of it, and says nothing in it', async () => {
  const { ada, bob } = await people(app);
  using hers = await openSocket(app, ada);
  using his = await openSocket(app, bob);
  his.send({ type: 'unsubscribe', channel: 'lobby' });
  await his.hears({ type: 'left', channel: 'lobby' });
  hers.send({ type: 'message', text: 'He does not hear this.' });
  await hers.hears({ type: 'message' });
  his.send({ type: 'message', text: 'Hello?' });
  const refused = { code: 'forbidden', detail: 'Subscribe to this channel before you speak in it.' };
  expect(await his.hears({ type: 'error' })).toMatchObject({ problem: refused });
  expect(his.received.map(({ type }) => type)).not.toContain('message');
});

test('a channel of one user is for that user and for superusers', async () => {
  const { ada, bob, grace } = await people(app);
  const channel = `user:${ada.id}`;
  using hers = await openSocket(app, ada);
  using his = await openSocket(app, bob);
  using superusers = await openSocket(app, grace);
  his.send({ type: 'subscribe', channel });
  const problem = { code: 'not_found', status: 404, detail: `Channel ${channel} not found` };
  expect(await his.hears({ type: 'error' })).toMatchObject({ problem });
  superusers.send({ type: 'subscribe', channel });
  await superusers.hears({ type: 'joined', channel });
  superusers.send({ type: 'message', channel, text: 'Only for Ada.' });
  expect(await hers.hears({ type: 'message' })).toMatchObject({ channel, from: grace.id });
  expect(his.received.map(({ type }) => type)).not.toContain('message');
});

test.each([
  ['no JSON', '{"type":', { status: 400, code: 'bad_request' }],
  ['an unknown type', '{"type":"shout","text":"a"}', { status: 422, code: 'validation_failed' }],
  ['a property too many', '{"type":"message","text":"a","from":1}', { errors: [{ field: 'body.from' }] }],
  ['an empty text', '{"type":"message","text":""}', { errors: [{ field: 'body.text', type: 'minLength' }] }],
  ['2,001 characters', JSON.stringify({ type: 'message', text: 'x'.repeat(2001) }), { status: 422 }],
  ['NUL', '{"type":"message","text":"a\\u0000"}', { errors: [{ type: 'text' }] }],
  ['a lone surrogate', '{"type":"message","text":"\\ud800"}', { errors: [{ type: 'text' }] }],
  ['a channel of another kind', '{"type":"subscribe","channel":"kitchen"}', { status: 422 }],
  ['a task of nobody', `{"type":"subscribe","channel":"task:${crypto.randomUUID()}"}`, { status: 404 }],
  ['40 levels', `${'['.repeat(40)}${']'.repeat(40)}`, { status: 422 }],
])('%s is answered by an error that says what is wrong', async (_what, text, problem) => {
  const { ada } = await people(app);
  using hers = await openSocket(app, ada);
  hers.ws.send(text);
  expect(await hers.hears({ type: 'error' })).toMatchObject({
    problem: { instance: '/api/v1/ws', ...problem },
  });
  hers.send({ type: 'message', text: 'Still here.' });
  await hers.hears({ type: 'message' });
});

test('a ticket opens one socket, and no second', async () => {
  const { ada } = await people(app);
  const ticket = await ticketOf(ada);
  using first = await openSocket(app, ada, { query: ticket });
  expect(first.ws.readyState).toBe(first.ws.OPEN);
  await expect(openSocket(app, ada, { query: ticket })).rejects.toThrow('401');
});

test('a ticket is good for 30 seconds, and never longer than the access token', async () => {
  const { ada } = await people(app);
  const { body, headers } = await ada.post('/auth/socket-ticket');
  expect(body).toEqual({ ticket: expect.any(String), expires_in: 30 });
  expect(headers['cache-control']).toBe('no-store');
  app.clock.advance(31);
  await expect(openSocket(app, ada, { query: body.ticket })).rejects.toThrow('401');
  app.clock.advance(1800 - 31 - 10);
  expect((await ada.post('/auth/socket-ticket')).body.expires_in).toBeLessThanOrEqual(10);
});

test('the ticket is nowhere in the log, and the database has only its hash', async () => {
  const { ada } = await people(app);
  const ticket = await ticketOf(ada);
  const stored = await app.platform.db.selectFrom('socket_tickets').selectAll().execute();
  using _hers = await openSocket(app, ada, { query: ticket });
  expect(JSON.stringify(stored)).not.toContain(ticket);
  expect(JSON.stringify(app.logged)).not.toContain(ticket);
  const line = { operation_id: 'openSocket', status: 101, path: '/api/v1/ws', user_id: ada.id };
  expect(app.logged).toContainEqual(expect.objectContaining({ ...line, msg: 'request completed' }));
  expect(app.logged).toContainEqual(expect.objectContaining({ user_id: ada.id, msg: 'socket opened' }));
});

test('a socket ends with the access token of its ticket', async () => {
  const { ada } = await people(app);
  using hers = await openSocket(app, ada);
  app.clock.advance(thirtyOneMinutes);
  expect(await hers.closed()).toEqual({ code: 4401, reason: 'the session has ended' });
});

test('a sign-out closes the sockets of that session, and no other', async () => {
  const { ada } = await people(app);
  const elsewhere = await ada.signsInAgain();
  using hers = await openSocket(app, ada);
  using other = await openSocket(app, elsewhere);
  await ada.post('/auth/logout');
  expect((await hers.closed()).code).toBe(4401);
  other.send({ type: 'message', text: 'Still here.' });
  await other.hears({ type: 'message' });
});

test('a change of the password closes the sockets of the other sessions', async () => {
  const { ada } = await people(app);
  const elsewhere = await ada.signsInAgain();
  using hers = await openSocket(app, ada);
  using other = await openSocket(app, elsewhere);
  const changed = { current_password: password, new_password: 'Another-Horse-2' };
  expect((await ada.put('/users/me/password', changed)).status).toBe(204);
  expect((await other.closed()).code).toBe(4401);
  expect(hers.ws.readyState).toBe(hers.ws.OPEN);
});

test.each([
  ['deactivated', (id: number) => ({ method: 'patch', path: `/users/${id}`, body: { is_active: false } })],
  ['deleted', (id: number) => ({ method: 'delete', path: `/users/${id}`, body: undefined })],
] as const)('who is %s is out', async (_what, request) => {
  const { ada, grace } = await people(app);
  using hers = await openSocket(app, ada);
  const { method, path, body } = request(ada.id);
  expect((await (method === 'patch' ? grace.patch(path, body) : grace.delete(path))).status).toBeLessThan(
    300,
  );
  expect((await hers.closed()).code).toBe(4401);
});

test('who deletes their own account is out', async () => {
  const { ada } = await people(app);
  using hers = await openSocket(app, ada);
  expect((await ada.delete('/users/me')).status).toBe(204);
  expect((await hers.closed()).code).toBe(4401);
});

test('who is no superuser any more leaves the channels of others, and stays', async () => {
  const { ada, bob, grace } = await people(app);
  await grace.patch(`/users/${bob.id}`, { is_superuser: true });
  using his = await openSocket(app, bob);
  his.send({ type: 'subscribe', channel: `user:${ada.id}` });
  await his.hears({ type: 'joined', channel: `user:${ada.id}` });
  await grace.patch(`/users/${bob.id}`, { is_superuser: false });
  await his.hears({ type: 'left', channel: `user:${ada.id}` });
  his.send({ type: 'message', text: 'Still here.' });
  await his.hears({ type: 'message' });
});

test('a stolen refresh token that is used again closes the sockets of its session', async () => {
  const { ada } = await people(app);
  using hers = await openSocket(app, ada);
  const refresh = { refresh_token: ada.refreshToken };
  await ada.as(undefined).post('/auth/refresh', refresh);
  app.clock.advance(11);
  expect((await ada.as(undefined).post('/auth/refresh', refresh)).status).toBe(401);
  expect((await hers.closed()).code).toBe(4401);
});

test('a user has ten sockets at most', async () => {
  const { ada } = await people(app);
  const ten = await Promise.all(Array.from({ length: 10 }, () => openSocket(app, ada)));
  await expect(openSocket(app, ada)).rejects.toThrow('429');
  ten[0]?.ws.close();
  await ten[0]?.closed();
  using again = await openSocket(app, ada);
  expect(again.ws.readyState).toBe(again.ws.OPEN);
  for (const client of ten) client[Symbol.dispose]();
});

test('what happens on sockets is counted', async () => {
  const text = await app.platform.metrics.text();
  expect(text).toMatch(/^websocket_connections \d+$/m);
  expect(text).toMatch(/^websocket_messages_total\{direction="in"\} [1-9]/m);
  expect(text).toMatch(/^websocket_messages_total\{direction="out"\} [1-9]/m);
  expect(text).toMatch(/^websocket_closes_total\{reason="unauthorized"\} [1-9]/m);
});
