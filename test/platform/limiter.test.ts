import { describe, expect, test } from '@jest/globals';
import { createMemoryLimiter } from '#platform/limiter.ts';

function limiterAt(start: number, maxKeys?: number) {
  let ms = start;
  const limiter = createMemoryLimiter({
    clock: { now: () => new Date(ms) },
    ...(maxKeys !== undefined && { maxKeys }),
  });
  return { limiter, advance: (seconds: number) => (ms += seconds * 1000) };
}

const limit = { limit: 2, windowSeconds: 60 };

describe('a limiter in memory', () => {
  test('lets through what the limit allows, then refuses until the window ends', () => {
    const { limiter, advance } = limiterAt(0);
    expect(limiter.consume('ada', limit)).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 60 });
    advance(20.5);
    expect(limiter.consume('ada', limit)).toEqual({ isExceeded: false, remaining: 0, resetSeconds: 40 });
    expect(limiter.consume('ada', limit)).toEqual({ isExceeded: true, remaining: 0, resetSeconds: 40 });
    advance(39.5);
    expect(limiter.consume('ada', limit)).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 60 });
  });

  test('counts every key for itself', () => {
    const { limiter } = limiterAt(0);
    limiter.consume('ada', limit);
    limiter.consume('ada', limit);
    expect(limiter.consume('bob', limit)).toMatchObject({ isExceeded: false, remaining: 1 });
  });

  test('never says that a refused client may come back in less than a second', () => {
    const { limiter, advance } = limiterAt(0);
    limiter.consume('ada', limit);
    advance(59.999);
    expect(limiter.consume('ada', limit)).toMatchObject({ resetSeconds: 1 });
  });

  test('forgets the oldest key when there are too many', () => {
    const { limiter } = limiterAt(0, 2);
    const once = { limit: 1, windowSeconds: 60 };
    for (const key of ['a', 'b', 'c']) limiter.consume(key, once);
    expect(limiter.consume('c', once)).toMatchObject({ isExceeded: true });
    expect(limiter.consume('a', once)).toMatchObject({ isExceeded: false });
  });
});
