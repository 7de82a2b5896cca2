/** Calls to other servers, over connections that all callers share and that lead to public addresses only. */
import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Connector } from './connector.ts';
import type { Destination, HttpPool } from './http-pool.ts';
import { createOutboundMetrics } from './outbound-metrics.ts';
import { createTarget } from './target.ts';
import type { Target } from './target.ts';

export interface Outbound {
  /** How long a call may take, with all its attempts. */
  readonly timeoutMs: number;
  /** `name` stands in the log and the metrics: no secret. User and password of `url` become a header. */
  target(options: { name: string; url: string }): Target;
  /** Cuts off what is under way. */
  close(): Promise<void>;
}

export interface OutboundOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** Addresses and networks, such as `10.1.0.0/16`, that may be called although they are private. */
  readonly allowedNetworks: readonly string[];
  /** Opens connections in place of the one that guards the addresses: for tests. */
  readonly connect?: Connector | undefined;
  readonly timeoutMs?: number;
  /** Of a reply, as it is sent and once it is decompressed. */
  readonly maxBytes?: number;
  /** Calls of one target at the same time, and connections to one origin. */
  readonly mostAtOnce?: number;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const { clock, log, registry, allowedNetworks, connect } = options;
  const { timeoutMs = 10_000, maxBytes = 1_048_576, mostAtOnce = 16 } = options;
  const metrics = createOutboundMetrics(registry);
  let loading: Promise<HttpPool> | undefined;

  // Loaded at the first call: most servers start without ever calling another.
  const pool = () =>
    (loading ??= import('./http-pool.ts').then(({ createHttpPool }) =>
      createHttpPool({ allowedNetworks, connect, connections: mostAtOnce, maxBytes, now: () => clock.now() }),
    ));

  return {
    timeoutMs,
    target: ({ name, url }) =>
      createTarget({
        ...{ name, timeoutMs, mostAtOnce, clock, log, metrics, pool },
        destination: destinationOf(url),
      }),
    close: async () => (await loading)?.close(),
  };
}

/** A URL that is handed on shows no password. */
function destinationOf(text: string): Destination {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { url };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
