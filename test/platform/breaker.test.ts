import { expect, test } from '@jest/globals';
import { BreakerOpen, createBreaker } from '#platform/outbound/breaker.ts';
import type { Verdict } from '#platform/outbound/breaker.ts';
import { testClock } from '../support/clock.ts';

class End extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict) {
    super(verdict);
    this.verdict = verdict;
  }
}

/** A breaker that opens after two failures, for ten seconds; calls end as they are told. */
function twoStrikes() {
  const clock = testClock();
  const judge = (error: unknown): Verdict => (error instanceof End ? error.verdict : 'neutral');
  const breaker = createBreaker({ clock, mostFailures: 2, openMs: 10_000, judge });
  const ends = async (how: 'fine' | Verdict): Promise<string> => {
    try {
      return await breaker.run(async () => {
        if (how === 'fine') return how;
        throw new End(how);
      });
    } catch (error) {
      if (error instanceof End) return error.verdict;
      if (error instanceof BreakerOpen) return 'open';
      throw error;
    }
  };
  return { clock, breaker, ends };
}

test('failures in a row open it', async () => {
  const { ends } = twoStrikes();
  expect([await ends('unwell'), await ends('unwell'), await ends('fine')]).toEqual([
    'unwell',
    'unwell',
    'open',
  ]);
});

test.each(['fine', 'well'] as const)('an end that is %s begins a new row', async (how) => {
  const { ends } = twoStrikes();
  await ends('unwell');
  await ends(how);
  expect([await ends('unwell'), await ends('fine')]).toEqual(['unwell', 'fine']);
});

test('a call that proves nothing neither breaks a row nor makes one longer', async () => {
  const { ends } = twoStrikes();
  for (const how of ['unwell', 'neutral', 'neutral'] as const) await ends(how);
  expect([await ends('unwell'), await ends('fine')]).toEqual(['unwell', 'open']);
});

test('a trial that proves nothing is followed by another', async () => {
  const { clock, breaker, ends } = twoStrikes();
  for (const how of ['unwell', 'unwell'] as const) await ends(how);
  clock.advance(10);
  expect([await ends('neutral'), breaker.isOpen()]).toEqual(['neutral', true]);
  expect([await ends('fine'), breaker.isOpen()]).toEqual(['fine', false]);
});

test('a trial that fails opens it for as long again', async () => {
  const { clock, ends } = twoStrikes();
  for (const how of ['unwell', 'unwell'] as const) await ends(how);
  clock.advance(10);
  expect([await ends('unwell'), await ends('fine')]).toEqual(['unwell', 'open']);
  clock.advance(10);
  expect(await ends('fine')).toBe('fine');
});

test('calls from before it opened neither close it nor keep it open', async () => {
  const { clock, breaker, ends } = twoStrikes();
  const slow = Promise.withResolvers<string>();
  const late = breaker.run(() => slow.promise);
  for (const how of ['unwell', 'unwell'] as const) await ends(how);
  slow.resolve('late');
  expect([await late, await ends('fine')]).toEqual(['late', 'open']);
  clock.advance(10);
  expect(await ends('fine')).toBe('fine');
});
