/** Opens connections to permitted addresses only, whatever a name resolves to and however an address is written. */
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard } from './addresses.ts';
import { OutboundError } from './outbound-error.ts';

export type Connector = buildConnector.connector;

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const connectTimeoutMs = 5_000;

export function guardedConnector(guard: AddressGuard, resolve: Resolve = systemLookup): Connector {
  const connect = buildConnector({
    lookup: guardedLookup(guard, resolve),
    timeout: connectTimeoutMs,
    allowH2: false,
  });
  return (options, callback) => {
    // An address needs no lookup, so it is judged here.
    const address = options.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(address) > 0 && !guard.permits(address)) {
      callback(blocked(address), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error) {
        callback(error instanceof OutboundError ? error : unreachable(error), null);
      } else if (guard.permits(socket.remoteAddress ?? '')) {
        callback(null, socket);
      } else {
        // Where it really leads to counts, whatever was looked up; nothing has been sent yet.
        socket.destroy();
        callback(blocked(socket.remoteAddress), null);
      }
    });
  };
}

/** The connection goes to the very addresses that were judged: nobody looks the name up a second time. */
function guardedLookup(guard: AddressGuard, resolve: Resolve): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const forbidden = addresses.find(({ address }) => !guard.permits(address));
      const [first] = addresses;
      if (forbidden) callback(blocked(forbidden.address), []);
      else if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Not to be tried again: an address does not become public by waiting. */
function blocked(address = 'nowhere'): OutboundError {
  return new OutboundError(
    `it leads to ${address}, which is no public address and not in OUTBOUND_ALLOWED_NETWORKS`,
    { outcome: 'failed' },
  );
}

function unreachable(cause: Error): OutboundError {
  return new OutboundError('it cannot be reached', { outcome: 'unavailable', isTransient: true, cause });
}
