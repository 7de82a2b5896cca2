import { Counter, Gauge } from '../prometheus.ts';
import type { Registry } from '../prometheus.ts';
import { closings } from './connection.ts';
import type { ConnectionHooks } from './connection.ts';

/** By the codes that we close with and the common ones of clients: any number would be a label of theirs. */
const reasons = new Map<number, string>([
  [1000, 'done'],
  [1001, 'going_away'],
  [1003, 'binary'],
  [1005, 'no_status'],
  [1006, 'lost'],
  [1007, 'invalid_text'],
  [1008, 'abuse'],
  [1009, 'too_large'],
  [1002, 'protocol_error'],
  [closings.slow.code, 'slow'],
  [closings.failed.code, 'failed'],
  [closings.unauthorized.code, 'unauthorized'],
]);

/** Counts on `/metrics` what happens on sockets. */
export function socketMetrics(
  registry: Registry,
  openSockets: () => number,
): Omit<ConnectionHooks, 'onFailed'> {
  const registers = [registry];
  new Gauge({
    name: 'websocket_connections',
    help: 'Sockets that are open.',
    registers,
    collect() {
      this.set(openSockets());
    },
  });
  const messages = new Counter({
    name: 'websocket_messages_total',
    help: 'Messages on sockets, received and sent.',
    labelNames: ['direction'],
    registers,
  });
  const closed = new Counter({
    name: 'websocket_closes_total',
    help: 'Sockets that were closed, by why.',
    labelNames: ['reason'],
    registers,
  });
  const [received, sent] = [messages.labels('in'), messages.labels('out')];
  return {
    onReceived: () => received.inc(),
    onSent: (count) => sent.inc(count),
    onClosed: (code) => closed.inc({ reason: reasons.get(code) ?? 'other' }),
  };
}
