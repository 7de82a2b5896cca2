/** The last two stages: the handler, and the check of what it replied. */
import { signalOf } from './client-signal.ts';
import { internalError } from './problem.ts';
import { discardSource, discardStream, guardSource, isStream } from './reply-source.ts';
import { writeReply } from './reply.ts';
import type { ContractOptions, UntypedHandler } from './engine.ts';
import type { Exchange, PlainReply } from './exchange.ts';
import type { Breach, ReplyValue } from './reply.ts';
import type { ReplyStream } from './reply-source.ts';

/** Calls a handler with what was found out about its request. */
export function callHandler<Principal, Tools extends object>(
  handler: UntypedHandler,
  exchange: Exchange<Principal>,
  { tools }: Pick<ContractOptions<Principal, Tools>, 'tools'>,
): ReplyValue | Promise<ReplyValue> {
  const request = Object.assign(new HandlerRequest(exchange), tools(exchange));
  return handler(request as never, reply as never); // Validation made the values what the types promise.
}

/** A class for the sake of `signal`: a getter of its own on each request would be what a signal costs. */
class HandlerRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly cookies: unknown;
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly principal: unknown;
  readonly accepted: string | undefined;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    const { parameters, body, principal, accepted } = exchange;
    this.params = parameters?.path;
    this.query = parameters?.query;
    this.headers = parameters?.header;
    this.cookies = parameters?.cookie;
    this.body = body?.value;
    this.contentType = body?.contentType;
    this.principal = principal;
    this.accepted = accepted;
    this.#exchange = exchange;
  }

  get signal(): AbortSignal {
    return signalOf(this.#exchange);
  }
}

/** What every handler gets as `reply`; its exact type comes from the contract. */
function reply(status: number, body?: unknown, headers: ReplyValue['headers'] = {}): ReplyValue {
  guardSource(body);
  return { status, body, headers };
}

/** The reply as it leaves; throws an internal error for one that must not, and what a stream fails of at once. */
export function finish<Principal, Tools extends object>(
  exchange: Exchange<Principal>,
  value: ReplyValue,
  { breaches, onBreach }: Pick<ContractOptions<Principal, Tools>, 'breaches' | 'onBreach'>,
): PlainReply | Promise<PlainReply> {
  // From here on the handler may have committed something that names its files.
  if (value.status < 400) exchange.body?.upload?.keep();
  const tell = (breach: Breach) => {
    onBreach?.(breach);
    if (breaches === 'fail')
      throw internalError(new Error(`The reply breaks the contract: ${breach.detail}`));
  };
  let isStreamed = false;
  try {
    const written = writeReply(exchange, value, tell);
    if (!written) throw internalError(new Error(`The reply (${value.status}) is not in the contract`));
    isStreamed = isStream(written.body);
    return isStream(written.body) ? begun(exchange, written, written.body) : written;
  } finally {
    if (!isStreamed) discardSource(value.body);
  }
}

/** As long as no byte has left, a failure of the source can still be told as a problem. */
async function begun(
  { method, outlet }: Exchange,
  reply: PlainReply,
  stream: ReplyStream,
): Promise<PlainReply> {
  if (method === 'HEAD' || outlet?.destroyed) return reply; // Nothing of it will be read.
  try {
    await stream.begin();
    return reply;
  } catch (error) {
    discardStream(stream);
    throw error;
  }
}
