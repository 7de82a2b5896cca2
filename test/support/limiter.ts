import type { Limiter } from '#platform/limiter.ts';

/** Refuses nobody: all tests come from one address, and most of them are about something else. */
export function openLimiter(): Limiter {
  return {
    consume: (_key, { limit, windowSeconds }) => ({
      isExceeded: false,
      remaining: limit - 1,
      resetSeconds: windowSeconds,
    }),
  };
}
