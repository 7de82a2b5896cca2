/** Serves a contract with handlers, on openapi-backend, fail closed. The stages stand in their order. */
import { checkHandlers, checkSecurity, checkSockets } from './boot-check.ts';
import { BootFaults } from './boot-faults.ts';
import { createBackend } from './backend.ts';
import { checkFreshness } from './compiled-validators.ts';
import { serverPrefix } from './path-template.ts';
import { prepareOperations } from './prepare.ts';
import { failedReply } from './problem-reply.ts';
import { discardStream, isStream } from './reply-source.ts';
import { ContractRouter } from './router.ts';
import { socketOpener } from './socket-opener.ts';
import type { BodyPace } from './body-arrival.ts';
import type { CompiledValidators } from './compiled-validators.ts';
import type { ContractDocument } from './document.ts';
import type { Exchange, Hooks, PlainReply, PlainRequest } from './exchange.ts';
import type { FileSinks } from './multipart-files.ts';
import type { Operation } from './operation.ts';
import type { Problem } from './problem.ts';
import type { Breach, ReplyValue } from './reply.ts';
import type { Authenticator } from './security.ts';
import type { UntypedSocketHandler } from './socket.ts';

/** A handler as the engine calls it; `Handler` gives each operation its exact type. */
export type UntypedHandler = (request: never, reply: never) => ReplyValue | Promise<ReplyValue>;

export interface ContractOptions<Principal, Tools extends object> {
  /** The bundled OpenAPI document. */
  readonly document: ContractDocument;
  /** Handlers by operationId, in groups; a group is usually a tag. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, UntypedHandler>>>>;
  /** By operationId, for the operations with `x-websocket`, which have no other handler. */
  readonly sockets?: Readonly<Record<string, UntypedSocketHandler>> | undefined;
  readonly authenticators: Readonly<Record<string, Authenticator<Principal>>>;
  /** What every handler gets besides the request itself. Called once per request, just before it. */
  tools(exchange: Exchange<Principal>): Tools;
  readonly hooks?: readonly Hooks<Principal>[];
  /** Problems for errors of the application's own libraries; undefined: an internal error. */
  toProblem?(error: unknown): Problem | undefined;
  /** `fail`: a reply that breaks the contract becomes a 500 (tests, development). `report`: it is only told. */
  readonly breaches: 'fail' | 'report';
  onBreach?(breach: Breach): void;
  /** How slowly a body may arrive; 10 s of silence, 1 KiB per second. */
  readonly bodyPace?: BodyPace | undefined;
  /** Formats besides the known ones that the contract may name and nothing checks; none. */
  readonly annotationFormats?: readonly string[] | undefined;
  /** Where the files of multipart bodies go; into memory. */
  readonly fileSinks?: FileSinks<Principal> | undefined;
  /** Written down by `validatorsModule` before the start; schemas that are not among them are compiled. */
  readonly validators?: CompiledValidators | undefined;
}

export interface Contract<Principal = unknown> {
  /** Answers a request; never throws. */
  handle(request: PlainRequest): Promise<HandledReply<Principal>>;
  /** Gives a connection to the operation that has let it in with 101. */
  openSocket(exchange: Exchange<Principal>, connection: unknown): void;
  readonly operations: readonly Operation[];
  /** The path under which the contract lives: `/api/v1`. */
  readonly prefix: string;
}

export interface HandledReply<Principal = unknown> extends PlainReply {
  /** What was found out about the request; undefined where no operation was found. */
  readonly exchange: Exchange<Principal> | undefined;
  /** The failure that the reply tells of, with its cause for the log; undefined when there was none. */
  readonly problem: Problem | undefined;
}

/** Checks everything that can be checked before the first request; throws a ContractError with all faults. */
export async function createContract<Principal, Tools extends object>(
  options: ContractOptions<Principal, Tools>,
): Promise<Contract<Principal>> {
  const operations = bootedOperations(options);
  const prefix = serverPrefix(options.document);
  const router = new ContractRouter(operations, prefix);
  const handlers = new Map(Object.values(options.handlers).flatMap((group) => Object.entries(group)));
  const opener = socketOpener<Principal>(operations, options);
  const backend = await createBackend<Principal, Tools>({ ...options, operations, router, handlers, opener });
  const settle = settler(options);

  return {
    operations,
    prefix,
    openSocket: opener.open,
    async handle(request) {
      let exchange: Exchange<Principal> | undefined;
      try {
        exchange = exchangeOf(request, router.match(request.method, request.path));
        const { status, headers, body } = await backend.handle(exchange);
        if (exchange.body?.upload) await exchange.body.upload.discard();
        return await settle(exchange, { status, headers, body, exchange, problem: undefined });
      } catch (error) {
        if (exchange?.body?.upload) await exchange.body.upload.discard();
        const failed = failedReply(error, { request, operation: exchange?.operation }, options);
        return settle(exchange, { ...failed, exchange });
      }
    },
  };
}

type Settle<Principal> = (
  exchange: Exchange<Principal> | undefined,
  reply: HandledReply<Principal>,
) => HandledReply<Principal> | Promise<HandledReply<Principal>>;

type Replied<Principal> = NonNullable<Hooks<Principal>['replied']>;

/** The last look of the hooks at a reply, and their headers on it. One that throws replaces the reply. */
function settler<Principal, Tools extends object>(
  options: ContractOptions<Principal, Tools>,
): Settle<Principal> {
  const hooks = (options.hooks ?? []).flatMap((hook) => (hook.replied ? [hook.replied.bind(hook)] : []));

  const afterHook = (
    ask: Replied<Principal>,
    exchange: Exchange<Principal>,
    reply: HandledReply<Principal>,
  ) => {
    const failed = (error: unknown): HandledReply<Principal> => {
      if (isStream(reply.body)) discardStream(reply.body);
      const { operation } = exchange;
      return { ...failedReply(error, { request: exchange, operation }, options), exchange };
    };
    try {
      return ask(exchange, reply)?.then(() => reply, failed) ?? reply;
    } catch (error) {
      return failed(error);
    }
  };

  /** Waits only for hooks that have something to wait for. */
  const askFrom = (
    first: number,
    exchange: Exchange<Principal>,
    reply: HandledReply<Principal>,
  ): HandledReply<Principal> | Promise<HandledReply<Principal>> => {
    let settled = reply;
    for (const [index, ask] of hooks.entries()) {
      const next = index < first ? settled : afterHook(ask, exchange, settled);
      if (next instanceof Promise) return next.then((one) => askFrom(index + 1, exchange, one));
      settled = next;
    }
    return withHookHeaders(settled, exchange);
  };
  return (exchange, reply) => (exchange ? askFrom(0, exchange, reply) : reply);
}

function withHookHeaders<Principal>(
  reply: HandledReply<Principal>,
  { replyHeaders }: Exchange<Principal>,
): HandledReply<Principal> {
  Object.assign(reply.headers, replyHeaders);
  return reply;
}

function bootedOperations<Principal, Tools extends object>({
  document,
  handlers,
  authenticators,
  sockets = {},
  hooks = [],
  ...options
}: ContractOptions<Principal, Tools>): readonly Operation[] {
  const faults = new BootFaults();
  const { operations, schemas } = prepareOperations(document, { ...options, faults });
  checkHandlers(operations, Object.values(handlers), faults);
  checkSockets(operations, sockets, faults);
  checkSecurity(document, operations, { authenticators, faults });
  for (const operation of operations) {
    const told = hooks.flatMap((hook) => hook.check?.(operation) ?? []);
    for (const what of told) faults.add(operation.id, what);
  }
  faults.throwIfAny(document);
  checkFreshness(options.validators, schemas);
  return operations;
}

function exchangeOf<Principal>(
  request: PlainRequest,
  { operation, pathParams }: Pick<Exchange, 'operation' | 'pathParams'>,
): Exchange<Principal> {
  const { method, path, queryString, headers, stream, id, ip, outlet, canUpgrade } = request;
  return {
    method, path, queryString, headers, stream, id, ip, outlet, canUpgrade, operation, pathParams, principal: undefined,
    body: undefined, parameters: undefined, accepted: undefined, signal: undefined, replyHeaders: {},
  }; // prettier-ignore
}
