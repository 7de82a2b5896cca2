import { expect, test } from '@jest/globals';
import { SemaphoreFull, createSemaphore } from '#platform/semaphore.ts';

test('no more run at once than may run', async () => {
  const semaphore = createSemaphore({ running: 2, waiting: 10 });
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 12 }, () => semaphore.run(work)));
  expect(most).toBe(2);
});

test('those who wait run in the order in which they came', async () => {
  const semaphore = createSemaphore({ running: 1, waiting: 3 });
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4].map((turn) => semaphore.run(() => order.push(turn))));
  expect(order).toEqual([1, 2, 3, 4]);
});

test('one too many is refused at once, and its work does not run', async () => {
  const semaphore = createSemaphore({ running: 1, waiting: 1 });
  const gate = Promise.withResolvers<void>();
  const first = semaphore.run(() => gate.promise);
  const second = semaphore.run(() => 'second');
  let ran = false;
  const third = semaphore.run(() => {
    ran = true;
  });
  await expect(third).rejects.toThrow(SemaphoreFull);
  gate.resolve();
  await expect(first).resolves.toBeUndefined();
  await expect(second).resolves.toBe('second');
  expect(ran).toBe(false);
});

test.each([
  ['throws', () => fail('thrown')],
  ['rejects', () => Promise.reject(new Error('rejected'))],
])('work that %s frees its place', async (_title, work) => {
  const semaphore = createSemaphore({ running: 1, waiting: 0 });
  await expect(semaphore.run(work)).rejects.toThrow();
  await expect(semaphore.run(() => 'next')).resolves.toBe('next');
});

test('a newcomer does not pass those who wait', async () => {
  const semaphore = createSemaphore({ running: 1, waiting: 2 });
  const order: string[] = [];
  const first = semaphore.run(() => order.push('first'));
  const second = semaphore.run(() => order.push('second'));
  await first;
  const third = semaphore.run(() => order.push('third'));
  await Promise.all([second, third]);
  expect(order).toEqual(['first', 'second', 'third']);
});

function fail(message: string): never {
  throw new Error(message);
}
