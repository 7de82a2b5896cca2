/** The last two stages: the handler, and the check of what it replied. */
import { internalError } from './problem.ts';
import { writeReply } from './reply.ts';
import type { ContractOptions, UntypedHandler } from './engine.ts';
import type { Exchange, PlainReply } from './exchange.ts';
import type { Breach, ReplyValue } from './reply.ts';

/** Calls a handler with what was found out about its request. */
export function callHandler<Principal, Tools extends object>(
  handler: UntypedHandler,
  exchange: Exchange<Principal>,
  { tools }: Pick<ContractOptions<Principal, Tools>, 'tools'>,
): ReplyValue | Promise<ReplyValue> {
  const { parameters, body, principal } = exchange;
  const request = {
    params: parameters?.path,
    query: parameters?.query,
    headers: parameters?.header,
    cookies: parameters?.cookie,
    body: body?.value,
    principal,
    ...tools(exchange),
  };
  return handler(request as never, reply as never); // Validation made the values what the types promise.
}

/** What every handler gets as `reply`; its exact type comes from the contract. */
function reply(status: number, body?: unknown, headers: ReplyValue['headers'] = {}): ReplyValue {
  return { status, body, headers };
}

/** The reply as it leaves; throws an internal error for one that must not. */
export function finish<Principal, Tools extends object>(
  exchange: Exchange<Principal>,
  value: ReplyValue,
  { breaches, onBreach }: Pick<ContractOptions<Principal, Tools>, 'breaches' | 'onBreach'>,
): PlainReply {
  const tell = (breach: Breach) => {
    onBreach?.(breach);
    if (breaches === 'fail')
      throw internalError(new Error(`The reply breaks the contract: ${breach.detail}`));
  };
  const written = writeReply(exchange, value, tell);
  if (!written) throw internalError(new Error(`Status ${value.status} is not in the contract`));
  return written;
}
