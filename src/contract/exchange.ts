/** One request on its way through the engine, plain: no web framework, no socket. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Operation } from './operation.ts';
import type { ParameterValues } from './parameters.ts';
import type { ParsedBody } from './body-plan.ts';
import type { Problem } from './problem.ts';
import type { SentHeaders } from './reply-headers.ts';
import type { ReplyStream } from './reply-source.ts';

/** What an adapter hands in. */
export interface PlainRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  /** Without the question mark; may be empty. */
  readonly queryString: string;
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
  /** The request id of logs and problems. */
  readonly id: string;
  /** The client's address, for limits by IP. */
  readonly ip: string;
  /** Where the reply goes; undefined: the client never leaves. */
  readonly outlet?: Outlet | undefined;
  /** It is the handshake of a WebSocket, on a connection that can become one. */
  readonly canUpgrade?: boolean | undefined;
}

/** Of a `ServerResponse`: closed before it has finished means that the client has left. */
export interface Outlet {
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** What the adapter writes. */
export interface PlainReply {
  readonly status: number;
  /** Made for this reply alone: the last stage adds the headers of the hooks. */
  readonly headers: SentHeaders;
  /** A stream that is not written to its end must be ended. */
  readonly body: string | Uint8Array | ReplyStream | undefined;
}

/** A request whose operation is known. Later stages fill in what they find out. */
export interface Exchange<Principal = unknown> extends PlainRequest {
  readonly operation: Operation;
  readonly pathParams: Readonly<Record<string, string | undefined>>;
  /** Set by authentication; undefined on public operations and for anonymous callers. */
  principal: Principal | undefined;
  body: ParsedBody | undefined;
  /** Set by validation. */
  parameters: ParameterValues | undefined;
  /** The media type, of those of the successes, that the client likes best; undefined where there is none. */
  accepted: string | undefined;
  /** Made when somebody asks for it: see client-signal.ts. */
  signal: AbortSignal | undefined;
  /** What hooks add to the headers of the reply, whether it succeeds or fails. */
  readonly replyHeaders: Record<string, string>;
}

/** How a request ended. */
export interface Outcome {
  readonly status: number;
  /** Undefined when it did not fail. */
  readonly problem: Problem | undefined;
}

/** What a policy does: called at fixed places of a request's way; throw a Problem to end it. */
export interface Hooks<Principal> {
  /** What is wrong with the policies that an operation declares; told at boot, and nothing is served. */
  check?(operation: Operation): readonly string[];
  /** The operation is known, nobody is authenticated yet. */
  routed?(exchange: Exchange<Principal>): void | Promise<void>;
  /** The caller is known and has the scopes; no byte of the body has been read. */
  authorised?(exchange: Exchange<Principal>): void | Promise<void>;
  /** Parameters and body fit the contract; the handler is next. */
  validated?(exchange: Exchange<Principal>): void | Promise<void>;
  /** The reply is made, and leaves when this is done. */
  replied?(exchange: Exchange<Principal>, outcome: Outcome): void | Promise<void>;
}

/** What openapi-backend calls its request is the exchange that we gave it. */
export function asExchange<Principal>(request: object): Exchange<Principal> {
  return request as Exchange<Principal>;
}
