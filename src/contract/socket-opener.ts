/** Between the engine and the socket handlers of an application. */
import { internalError } from './problem.ts';
import { socketMessages } from './socket.ts';
import type { ContractOptions } from './engine.ts';
import type { Exchange } from './exchange.ts';
import type { Operation } from './operation.ts';
import type { ReplyValue } from './reply.ts';
import type { SocketHandler, SocketMessages } from './socket.ts';

export interface SocketOpener<Principal> {
  /** The last stage of a handshake: 101, or the problem that its handler throws. */
  admit(exchange: Exchange<Principal>): Promise<ReplyValue>;
  open(exchange: Exchange<Principal>, connection: unknown): void;
}

const switching: ReplyValue = { status: 101, body: undefined, headers: {} };

interface Opening {
  readonly handler: SocketHandler<unknown, unknown>;
  readonly messages: SocketMessages;
}

export function socketOpener<Principal>(
  operations: readonly Operation[],
  {
    sockets = {},
    breaches,
    onBreach,
  }: Pick<ContractOptions<never, never>, 'sockets' | 'breaches' | 'onBreach'>,
): SocketOpener<Principal> {
  const openings = new Map<string, Opening>();
  for (const { id, socket } of operations) {
    // The boot check has seen that it is there; its types are the application's own matter.
    const handler = sockets[id] as SocketHandler<unknown, unknown> | undefined;
    if (!socket || !handler) continue;
    openings.set(id, {
      handler,
      messages: socketMessages(id, socket, { breaches, ...(onBreach && { onBreach }) }),
    });
  }
  const found = ({ operation, principal, id, path, ip }: Exchange<Principal>) => {
    const opening = openings.get(operation.id);
    if (!opening) throw internalError(new Error(`${operation.id} opens no socket`));
    return { handler: opening.handler, request: { principal, id, path, ip, messages: opening.messages } };
  };
  return {
    async admit(exchange) {
      const { handler, request } = found(exchange);
      await handler.admit?.(request);
      return switching;
    },
    open(exchange, connection) {
      const { handler, request } = found(exchange);
      handler.open(connection, request);
    },
  };
}
