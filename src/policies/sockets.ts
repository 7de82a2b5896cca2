/** Handshakes of sockets, before anybody is authenticated: from which pages, and how many at once from one address. */
import { Problem, forbidden } from '#contract';
import type { Exchange, Hooks } from '#contract';
import { networkOf } from './network.ts';

export interface SocketPolicyOptions {
  /** Whose pages may open sockets, besides the server's own. */
  readonly origins: readonly string[];
  /** Handshakes of one network that wait for their answer. */
  readonly mostAtOnce?: number;
}

export function socketPolicy({ origins, mostAtOnce = 20 }: SocketPolicyOptions): Hooks<unknown> {
  const byNetwork = new Map<string, number>();
  const counted = new WeakMap<Exchange, string>();
  const change = (network: string, by: number) => {
    const count = (byNetwork.get(network) ?? 0) + by;
    if (count > 0) byNetwork.set(network, count);
    else byNetwork.delete(network);
  };
  return {
    routed(exchange) {
      if (exchange.operation.extensions['x-websocket'] === undefined) return;
      refuseForeignOrigin(exchange, origins);
      const network = networkOf(exchange.ip);
      if ((byNetwork.get(network) ?? 0) >= mostAtOnce) throw tooManyAtOnce();
      change(network, 1);
      counted.set(exchange, network);
    },
    replied(exchange) {
      const network = counted.get(exchange);
      if (network !== undefined) change(network, -1);
      counted.delete(exchange);
    },
  };
}

/** A page can open sockets to anywhere, and CORS does not hold it. Programs send no Origin, and need none. */
function refuseForeignOrigin({ headers }: Exchange, origins: readonly string[]): void {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw forbidden('Pages of this origin may not open a socket.');
}

function tooManyAtOnce(): Problem {
  return new Problem({
    status: 429,
    code: 'rate_limited',
    title: 'Too many requests',
    detail: 'Too many sockets are being opened from your address at once.',
    headers: { 'Retry-After': '1' },
  });
}
