import { Gauge, Histogram } from '../prometheus.ts';
import type { Registry } from 'prom-client';
import type { Breaker } from './breaker.ts';
import type { Outcome } from './outbound-error.ts';

export interface OutboundMetrics {
  /** A call begins; call what is returned when it ends. `abandoned`: its caller left. */
  started(target: string): (outcome: Outcome | 'received' | 'abandoned') => void;
  /** Shows from now on whether this target is being left alone. */
  watch(target: string, breaker: Pick<Breaker, 'isOpen'>): void;
}

/** Both labels are bounded: targets are named by the settings. */
export function createOutboundMetrics(registry: Registry): OutboundMetrics {
  const registers = [registry];
  const breakers = new Map<string, Pick<Breaker, 'isOpen'>>();
  const duration = new Histogram({
    name: 'outbound_request_duration_seconds',
    help: 'Calls to other servers, with all attempts, by what came of them.',
    labelNames: ['target', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Gauge({
    name: 'outbound_breaker_open',
    help: '1 while a target is left alone because it failed too often.',
    labelNames: ['target'],
    registers,
    collect() {
      for (const [target, breaker] of breakers) this.set({ target }, breaker.isOpen() ? 1 : 0);
    },
  });
  return {
    started(target) {
      const startedAt = performance.now();
      return (outcome) => duration.observe({ target, outcome }, (performance.now() - startedAt) / 1000);
    },
    watch: (target, breaker) => breakers.set(target, breaker),
  };
}
