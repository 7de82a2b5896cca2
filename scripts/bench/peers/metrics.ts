// As both frameworks' users add them: prom-client with the process's own numbers and a histogram of replies.
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Reply {
  readonly method: string;
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
}

export function createMetrics(): { observe(reply: Reply): void; text(): Promise<string> } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time of a request.',
    labelNames: ['method', 'operation', 'status'],
    registers: [registry],
  });
  return {
    observe: ({ seconds, ...labels }) => duration.observe(labels, seconds),
    text: () => registry.metrics(),
  };
}
