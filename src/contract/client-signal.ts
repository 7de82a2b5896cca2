/** Tells a handler that nobody waits for its reply any more. */
import type { Exchange } from './exchange.ts';

/**
 * Aborted when the client leaves before it has the whole reply, also when the server cuts it off. The same for
 * every call; made at the first, since most handlers never ask.
 */
export function signalOf(exchange: Exchange): AbortSignal {
  return (exchange.signal ??= createSignal(exchange));
}

function createSignal({ outlet }: Exchange): AbortSignal {
  const controller = new AbortController();
  const end = () => {
    if (!outlet?.writableFinished) controller.abort();
  };
  if (outlet?.destroyed) end();
  else outlet?.once('close', end);
  return controller.signal;
}
