import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createLifecycle } from '#platform/lifecycle.ts';
import { createLogger } from '#platform/log.ts';

/** A lifecycle with a process of its own, whose end is `exited`. */
function start() {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(JSON.parse(line)) } });
  const host = new EventEmitter();
  const codes: number[] = [];
  const exit = Promise.withResolvers<void>();
  const process = {
    on: host.on.bind(host),
    exit(code: number) {
      codes.push(code);
      exit.resolve();
    },
  };
  const lifecycle = createLifecycle(log, process);
  lifecycle.exitOnSignals();
  return { lifecycle, host, lines, codes, exited: exit.promise };
}

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'])('%s closes the parts in reverse order and ends with 0', async (signal) => {
    const { lifecycle, host, codes, exited, lines } = start();
    const order: string[] = [];
    lifecycle.add('database', () => order.push('database'));
    lifecycle.add('server', async () => {
      await Promise.resolve();
      order.push('server');
    });
    host.emit(signal, signal);
    await exited;
    expect(order).toEqual(['server', 'database']);
    expect(codes).toEqual([0]);
    expect(lines.map(({ msg, signal: name, part }) => [msg, name ?? part])).toEqual([
      ['closing', signal],
      ['closed', 'server'],
      ['closed', 'database'],
    ]);
  });

  test('takes readiness away before the first part closes', async () => {
    const { lifecycle, host, exited } = start();
    expect(lifecycle.isReady()).toBe(false);
    lifecycle.markReady();
    expect(lifecycle.isReady()).toBe(true);
    let readyWhileClosing = true;
    lifecycle.add('server', () => {
      readyWhileClosing = lifecycle.isReady();
    });
    host.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(readyWhileClosing).toBe(false);
    lifecycle.markReady();
    expect(lifecycle.isReady()).toBe(false);
  });

  test('that comes again ends the process at once', async () => {
    const { lifecycle, host, codes } = start();
    lifecycle.add('stuck', () => new Promise(() => {}), { limitMs: 50 });
    host.emit('SIGTERM', 'SIGTERM');
    host.emit('SIGINT', 'SIGINT');
    expect(codes).toEqual([1]);
    await lifecycle.close();
  });
});

describe('a part that', () => {
  test.each([
    ['throws', () => fail(), 'no'],
    ['rejects', () => Promise.reject(new Error('no')), 'no'],
    ['takes too long', () => new Promise(() => {}), 'still not closed after 20 ms'],
  ])('%s does not keep the others from closing; the exit code is 1', async (_title, close, message) => {
    const { lifecycle, host, codes, exited, lines } = start();
    let othersClosed = false;
    lifecycle.add('other', () => {
      othersClosed = true;
    });
    lifecycle.add('broken', close, { limitMs: 20 });
    host.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(othersClosed).toBe(true);
    expect(codes).toEqual([1]);
    expect(lines).toContainEqual(
      expect.objectContaining({ part: 'broken', level: 'error', err: expect.objectContaining({ message }) }),
    );
  });
});

describe('an error that nobody caught', () => {
  test.each(['uncaughtException', 'unhandledRejection'])(
    '%s is logged, closes and ends with 1',
    async (event) => {
      const { lifecycle, host, codes, exited, lines } = start();
      let closed = false;
      lifecycle.add('server', () => {
        closed = true;
      });
      host.emit(event, new Error('lost'));
      await exited;
      expect(closed).toBe(true);
      expect(codes).toEqual([1]);
      expect(lines[0]).toMatchObject({ level: 'fatal', err: { message: 'lost' } });
    },
  );

  test('while closing turns the exit code to 1 and does not close twice', async () => {
    const { lifecycle, host, codes, exited } = start();
    let closed = 0;
    lifecycle.add('server', () => {
      closed += 1;
      host.emit('uncaughtException', new Error('lost'));
    });
    host.emit('SIGTERM', 'SIGTERM');
    await exited;
    expect(closed).toBe(1);
    expect(codes).toEqual([1]);
  });
});

function fail(): never {
  throw new Error('no');
}
