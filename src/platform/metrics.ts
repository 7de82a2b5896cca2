import { collectProcessMetrics } from './process-metrics.ts';
import { Counter, Gauge, Histogram, Registry } from './prometheus.ts';

/** One reply, as the histogram counts it. */
export type RequestOutcome = {
  method: string;
  /** The contract's operation id; absent where no operation was reached. */
  operation: string | undefined;
  status: number;
  seconds: number;
};

export type Metrics = {
  requestStarted(): void;
  requestFinished(outcome: RequestOutcome): void;
  /** A reply that did not fit the contract. */
  contractBreached(operation: string): void;
  /** For gauges and counters of other parts. */
  readonly registry: Registry;
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Stops measuring the process; the rest goes on. */
  close(): void;
};

/** The program's own registry: nothing global, so two of them can live in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const stopProcessMetrics = collectProcessMetrics(registry);
  const duration = requestDuration(registry);
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that wait for the end of their reply.',
    registers,
  });
  const breaches = new Counter({
    name: 'contract_breaches_total',
    help: 'Replies that did not fit the contract.',
    labelNames: ['operation'],
    registers,
  });

  return {
    requestStarted: () => inFlight.inc(),
    requestFinished(outcome) {
      inFlight.dec();
      duration(outcome);
    },
    contractBreached: (operation) => breaches.inc({ operation }),
    registry,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: stopProcessMetrics,
  };
}

/** Seconds by method, operation and status: all three are bounded, a path would not be. */
function requestDuration(registry: Registry): (outcome: RequestOutcome) => void {
  const histogram = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of the headers to the end of the reply.',
    labelNames: ['method', 'operation', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  // Nested: a joined key would have to be made, and hashed, for each reply.
  const series: Series = new Map();
  return ({ method, operation = 'none', status, seconds }) => {
    const byMethod = getOrInsert(series, operation, () => new Map<string, Map<number, Line>>());
    const byStatus = getOrInsert(byMethod, method, () => new Map<number, Line>());
    getOrInsert(byStatus, status, () => histogram.labels(method, operation, String(status))).observe(seconds);
  };
}

type Line = { observe(seconds: number): void };
type Series = Map<string, Map<string, Map<number, Line>>>;

function getOrInsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
