/** The connections to other servers, and one attempt to get JSON over them. Loaded at the first call. */
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { createAddressGuard } from './addresses.ts';
import { guardedConnector } from './connector.ts';
import type { Connector } from './connector.ts';
import { acceptedCodings, readJson } from './json-body.ts';
import { OutboundError, failed } from './outbound-error.ts';
import { retryAfterMs } from './retries.ts';

export interface Destination {
  /** Without user and password. */
  readonly url: URL;
  /** Sent to the origin of `url` only. */
  readonly authorization?: string | undefined;
}

export interface HttpPool {
  /** The body of a 2xx. Throws an OutboundError, or rejects with the reason of the signal. */
  getJson(destination: Destination, signal: AbortSignal): Promise<unknown>;
  /** Cuts off what is under way. */
  close(): Promise<void>;
}

export interface HttpPoolOptions {
  readonly allowedNetworks: readonly string[];
  readonly connect?: Connector | undefined;
  /** Connections to one origin. */
  readonly connections: number;
  readonly maxBytes: number;
  now(): Date;
}

const mostRedirects = 3;

export function createHttpPool(options: HttpPoolOptions): HttpPool {
  const { allowedNetworks, connections, maxBytes, now } = options;
  const connect = options.connect ?? guardedConnector(createAddressGuard(allowedNetworks));
  // The caller's signal limits the time; the limit here is for what decompresses to nothing.
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
  const dispatcher = new Agent({ connect, connections, maxResponseSize: maxBytes, ...timeouts });

  async function followed(destination: Destination, signal: AbortSignal): Promise<unknown> {
    let { url } = destination;
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      const headers = headersFor(url, destination);
      const reply = await orAborted(request(url, { dispatcher, signal, headers }), signal);
      const next = redirection(reply, url);
      if (!next) return await contentOf(reply, { maxBytes, now: now() });
      await reply.body.dump({ limit: discardedBytes, signal });
      url = next;
    }
    throw failed(`it redirects more than ${mostRedirects} times`);
  }

  return {
    async getJson(destination, signal) {
      signal.throwIfAborted();
      try {
        return await followed(destination, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof OutboundError ? error : brokenOff(error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** More than this is cheaper to get rid of by ending the connection. */
const discardedBytes = 16_384;

function headersFor(url: URL, { url: first, authorization }: Destination): Record<string, string> {
  const isAtHome = url.origin === first.origin;
  return {
    accept: 'application/json',
    'accept-encoding': acceptedCodings,
    'user-agent': 'Accord',
    ...(isAtHome && authorization !== undefined && { authorization }),
  };
}

type Reply = Dispatcher.ResponseData;

/** Where it leads next; its address is judged like any other when the connection is opened. */
function redirection({ statusCode, headers }: Reply, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const to = URL.parse(String(headers['location'] ?? ''), from.href);
  if (!headers['location'] || !to) throw failed('it redirects to nowhere');
  const isSafe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (!isSafe) throw failed('it redirects to what is not HTTPS');
  to.username = '';
  to.password = '';
  return to;
}

async function contentOf(reply: Reply, { maxBytes, now }: { maxBytes: number; now: Date }): Promise<unknown> {
  const { statusCode, headers, body } = reply;
  if (statusCode >= 200 && statusCode < 300) {
    try {
      return await readJson(reply, maxBytes);
    } finally {
      // Whatever is left of it is not wanted, nor the error that says so.
      body.on('error', () => undefined).destroy();
    }
  }
  await body.dump({ limit: discardedBytes });
  throw new OutboundError(`it answers with status ${statusCode}`, {
    outcome: 'failed',
    isTransient: statusCode >= 500 || statusCode === 429 || statusCode === 408,
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
  });
}

function brokenOff(cause: unknown): OutboundError {
  const code: unknown = Error.isError(cause) ? Reflect.get(cause, 'code') : undefined;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return failed('its reply is larger than it may be');
  return new OutboundError('its reply broke off', { outcome: 'failed', isTransient: true, cause });
}

/** undici lets go of a request that waits for its connection only once it has one. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined); // Rejects later, when nobody waits for it.
  }
}
