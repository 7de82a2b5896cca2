/** The client of these tests itself: a connection that is reset must not hide what came before. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { wire } from './wire.ts';
import type { Socket } from 'node:net';

/** A server that does this with every connection. */
async function listen(answer: (socket: Socket) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

/** Says something, and resets the connection when it has been said. */
const resetting = (socket: Socket) => {
  socket.on('error', () => undefined);
  socket.write('bye', () => setTimeout(() => socket.resetAndDestroy(), 20));
};

test('what came before a reset is kept, although more was being sent', async () => {
  await using server = await listen(resetting);
  using client = await wire(server.port);
  const endless = setInterval(() => client.send(Buffer.alloc(1024 * 1024)), 1);
  const received = await client.closed().finally(() => clearInterval(endless));
  expect(received).toBe('bye');
});

test('waiting for what never came ends with the connection, and tells what came', async () => {
  await using server = await listen(resetting);
  using client = await wire(server.port);
  await expect(client.receive(/hello/)).rejects.toThrow('Closed before /hello/ came: bye');
});

test('what was there already is found at once', async () => {
  await using server = await listen(resetting);
  using client = await wire(server.port);
  await client.closed();
  expect(await client.receive(/bye/)).toBe('bye');
});
