/**
 * openapi-backend with better organs: it registers, authenticates and dispatches; routing and validation
 * are ours. Wherever its defaults would let a request pass, a handler here throws instead.
 */
import { OpenAPIBackend } from 'openapi-backend';
import { asExchange } from './exchange.ts';
import { callHandler, finish } from './handler-call.ts';
import { notAcceptable, preferredOffer } from './negotiation.ts';
import { internalError, unauthorized } from './problem.ts';
import { RequestValidator } from './request-validator.ts';
import { admit, runAuthenticator } from './security.ts';
import { refusePlainRequest } from './socket.ts';
import type { Context, Document } from 'openapi-backend';
import type { ContractOptions, UntypedHandler } from './engine.ts';
import type { Exchange, Hooks, PlainReply } from './exchange.ts';
import type { Operation } from './operation.ts';
import type { ReplyValue } from './reply.ts';
import type { ContractRouter } from './router.ts';
import type { SchemeResult } from './security.ts';
import type { SocketOpener } from './socket-opener.ts';

export interface Backend<Principal> {
  handle(exchange: Exchange<Principal>): Promise<PlainReply>;
}

export interface BackendOptions<Principal, Tools extends object> extends Pick<
  ContractOptions<Principal, Tools>,
  'tools' | 'hooks' | 'toProblem' | 'breaches' | 'onBreach' | 'authenticators'
> {
  readonly operations: readonly Operation[];
  readonly router: ContractRouter;
  readonly handlers: ReadonlyMap<string, UntypedHandler>;
  readonly opener: SocketOpener<Principal>;
}

/** It wants a document to start from; ours never goes there, since it would drop every 3.1 route. */
const definition: Document = { openapi: '3.0.0', info: { title: '', version: '' }, paths: {} };

export async function createBackend<Principal, Tools extends object>(
  options: BackendOptions<Principal, Tools>,
): Promise<Backend<Principal>> {
  const api = new OpenAPIBackend({ definition, quick: true, strict: true });
  await api.init();
  api.router = options.router;
  api.validator = new RequestValidator();
  for (const [scheme, authenticator] of Object.entries(options.authenticators)) {
    // Not through registerSecurityHandler: it would look for the scheme in the empty document.
    const authenticate = oncePerExchange((exchange: Exchange) => runAuthenticator(authenticator, exchange));
    api.securityHandlers[scheme] = (context: Context) => authenticate(exchangeIn(context));
  }
  registerStages(api, options);
  for (const { id, socket } of options.operations) {
    if (socket) api.register(id, (context: Context) => options.opener.admit(exchangeIn(context)));
    const handler = options.handlers.get(id);
    if (handler) api.register(id, (context: Context) => callHandler(handler, exchangeIn(context), options));
  }
  return { handle: (exchange) => api.handleRequest(exchange as never) }; // Our router hands it on as it is.
}

/** Only where a scheme stands in several alternatives; elsewhere it runs once anyway. */
function oncePerExchange<Result>(run: (exchange: Exchange) => Result): (exchange: Exchange) => Result {
  const results = new WeakMap<Exchange, Result>();
  return (exchange) => {
    if (!exchange.operation.namesSchemeTwice) return run(exchange);
    const known = results.get(exchange) ?? run(exchange);
    results.set(exchange, known);
    return known;
  };
}

/** The stages that openapi-backend calls in this order. */
function registerStages<Principal, Tools extends object>(
  api: OpenAPIBackend,
  options: BackendOptions<Principal, Tools>,
): void {
  const { authenticators, toProblem } = options;
  const challengeOf = (scheme: string) => authenticators[scheme]?.challenge ?? 'Bearer';
  const rules = { challengeOf, toProblem };
  const routed = runHooks(options.hooks, 'routed');
  const authorised = runHooks(options.hooks, 'authorised');
  const validated = runHooks(options.hooks, 'validated');
  api.register({
    postRoutingHandler: (context) => {
      const exchange = exchangeIn<Principal>(context);
      const pending = routed(exchange);
      if (pending) return pending.then(() => refusePlainRequest(exchange));
      return refusePlainRequest(exchange);
    },
    postSecurityHandler: async (context) => {
      const exchange = exchangeIn<Principal>(context);
      admit(exchange, schemeResults<Principal>(context), rules);
      await authorised(exchange);
      negotiate(exchange);
      exchange.body = await exchange.operation.bodyParser.parse(exchange);
    },
    preOperationHandler: (context) => validated(exchangeIn(context)),
    postResponseHandler: (context) => finish(exchangeIn(context), repliedIn(context), options),
    // Not reached while the stages above do their work; if one day they do not, the request ends here.
    unauthorizedHandler: () => { throw unauthorized(); },
    validationFail: () => { throw internalError(new Error('openapi-backend refused what we accepted')); },
    notFound: () => { throw internalError(new Error('openapi-backend lost the route')); },
    notImplemented: () => { throw internalError(new Error('openapi-backend lost the handler')); },
  }); // prettier-ignore
}

type Stage<Principal> = (exchange: Exchange<Principal>) => void | Promise<void>;

/** The hooks of one place, in their order; a place without hooks costs nothing. */
function runHooks<Principal>(
  hooks: readonly Hooks<Principal>[] | undefined,
  place: 'routed' | 'authorised' | 'validated',
): Stage<Principal> {
  const stages = (hooks ?? []).flatMap((hook) => (hook[place] ? [hook[place].bind(hook)] : []));
  const runFrom = (first: number, exchange: Exchange<Principal>): void | Promise<void> => {
    for (let index = first; index < stages.length; index += 1) {
      const pending = stages[index]?.(exchange);
      // Most hooks have nothing to wait for; a promise for each would be what they cost.
      if (pending) return pending.then(() => runFrom(index + 1, exchange));
    }
  };
  return (exchange) => runFrom(0, exchange);
}

function negotiate(exchange: Exchange): void {
  const { offers, mediaTypes } = exchange.operation.replies;
  exchange.accepted = preferredOffer(exchange.headers.accept, offers);
  if (exchange.accepted === undefined && offers.length > 0) throw notAcceptable(mediaTypes);
}

function exchangeIn<Principal>(context: Context): Exchange<Principal> {
  return asExchange(context.request);
}

/** What the handler gave back; its type vouches for it, and `finish` for what the type cannot see. */
function repliedIn(context: Context): ReplyValue {
  return context.response as ReplyValue;
}

function schemeResults<Principal>(context: Context): Record<string, SchemeResult<Principal> | undefined> {
  return context.security; // Filled by runAuthenticator.
}
