import { Registry } from 'prom-client';
import { OutboundError } from '#platform/outbound/outbound-error.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { Outbound, OutboundOptions } from '#platform/outbound/outbound.ts';
import type { Target } from '#platform/outbound/target.ts';
import { testClock } from './clock.ts';
import type { TestClock } from './clock.ts';
import { recordingLog } from './log.ts';
import type { LogLine } from './log.ts';

export interface TestOutbound extends Outbound, AsyncDisposable {
  readonly clock: TestClock;
  readonly registry: Registry;
  readonly logged: readonly LogLine[];
}

/** The real client, allowed to call loopback; closed at the end of the test by `await using`. */
export function testOutbound(options: Partial<OutboundOptions> = {}): TestOutbound {
  const clock = testClock();
  const registry = new Registry();
  const { log, lines } = recordingLog();
  const outbound = createOutbound({ clock, log, registry, allowedNetworks: ['127.0.0.0/8'], ...options });
  return { ...outbound, clock, registry, logged: lines, [Symbol.asyncDispose]: () => outbound.close() };
}

/** A call by somebody who waits for its end: the data, or the error that it ends with. */
export async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OutboundError) return `${error.outcome}: ${error.message}`;
    throw error;
  }
}

/** Calls a URL once, through a client of its own. */
export async function callOnce(url: string, options: Partial<OutboundOptions> = {}): Promise<unknown> {
  await using outbound = testOutbound(options);
  return await outcomeOf(get(outbound.target({ name: 'source', url })));
}

export function get(target: Target): Promise<unknown> {
  return target.getJson({ signal: new AbortController().signal });
}
