/** Operations that open a socket (`x-websocket`): which they are, and their messages, checked in both directions. */
import { valueErrors } from './body-plan.ts';
import { createJsonParser } from './json.ts';
import { plainDataErrors } from './plain-data.ts';
import { Problem, internalError, problemBody, validationFailed } from './problem.ts';
import { bodyFaults } from './reply-json.ts';
import type { BootFaults } from './boot-faults.ts';
import type { DescribedOperation } from './describe.ts';
import type { ContractDocument, JsonSchema } from './document.ts';
import type { ContractOptions } from './engine.ts';
import type { Exchange } from './exchange.ts';
import type { Projector } from './projectors.ts';
import type { ReplyTools } from './reply-plan.ts';
import type { Exact } from './reply-types.ts';
import type { SchemaCompiler, Validator } from './validator.ts';

/** The messages of a socket operation, as the contract has them. */
export interface SocketMessages<Client = unknown, Server = unknown> {
  /** What a client sent; throws 400, 413 and 422 problems. */
  read(bytes: Buffer): Client;
  /** The text of what the server sends: projected onto the contract and checked, as a reply is. */
  write<const Message extends Server>(message: Exact<Message, Server>): string;
  /** A problem as it stands in a message of the server. */
  problem(problem: Problem, request: { path: string; id: string }): ProblemIn<Server>;
}

/** The `problem` of the message that has one. */
type ProblemIn<Server> = Server extends { readonly problem: infer Body } ? Body : never;

/** What is known of a client that is let in. */
export interface SocketRequest<Principal, Client = unknown, Server = unknown> {
  readonly principal: Principal;
  /** The request id of its handshake. */
  readonly id: string;
  readonly path: string;
  readonly ip: string;
  readonly messages: SocketMessages<Client, Server>;
}

/** What an application does with a socket operation. `Connection` is what its server makes of a handshake. */
export interface SocketHandler<Principal, Connection, Client = unknown, Server = unknown> {
  /** May the client have one more socket? Throws a problem otherwise. Everything else has been checked. */
  admit?(request: SocketRequest<Principal, Client, Server>): void | Promise<void>;
  /** The handshake is done. */
  open(connection: Connection, request: SocketRequest<Principal, Client, Server>): void;
}

/** A socket handler as the engine calls it. */
export interface UntypedSocketHandler {
  admit?(request: never): void | Promise<void>;
  open(connection: never, request: never): void;
}

/** A socket operation made ready to serve. */
export interface SocketPlan {
  readonly client: Validator;
  readonly server: { readonly validator: Validator; readonly project: Projector };
}

interface Tools {
  readonly request: SchemaCompiler;
  readonly reply: Omit<ReplyTools, 'faults'>;
  readonly faults: BootFaults;
}

export function isSocketOperation({ extensions }: Pick<DescribedOperation, 'extensions'>): boolean {
  return extensions['x-websocket'] !== undefined;
}

/** Undefined for operations that open no socket. */
export function socketPlan(
  document: ContractDocument,
  operation: DescribedOperation,
  { request, reply, faults }: Tools,
): SocketPlan | undefined {
  const { id, method, responses, extensions } = operation;
  if (!isSocketOperation(operation)) return undefined;
  if (method !== 'GET') faults.add(id, 'has an x-websocket, but a socket is opened by GET');
  for (const status of ['101', '426']) {
    if (!(status in responses)) faults.add(id, `has an x-websocket, but does not document ${status}`);
  }
  const names: unknown = extensions['x-websocket'];
  const schemaOf = (side: 'client' | 'server') => messageSchema(document, { id, names, side, faults });
  const [client, server] = [schemaOf('client'), schemaOf('server')];
  return {
    client: request.compile(client, id),
    server: { validator: reply.compiler.compile(server, id), project: reply.projection(server, id) },
  };
}

function messageSchema(
  document: ContractDocument,
  { id, names, side, faults }: { id: string; names: unknown; side: string; faults: BootFaults },
): JsonSchema {
  const name: unknown = Reflect.get(Object(names), side); // Object() of anything can be read.
  if (typeof name === 'string' && Object.hasOwn(document.components?.schemas ?? {}, name)) {
    return { $ref: `#/components/schemas/${name}` };
  }
  faults.add(id, `has an x-websocket whose ${side} is not the name of a schema under components`);
  return false;
}

/** Longer messages never come this far: the server of the sockets cuts them off. */
const longestMessageBytes = 64 * 1024;

type Breaches = Pick<ContractOptions<unknown, object>, 'breaches' | 'onBreach'>;

export function socketMessages(
  operation: string,
  { client, server }: SocketPlan,
  { breaches, onBreach }: Breaches,
): SocketMessages {
  const parse = createJsonParser(longestMessageBytes);
  return {
    read(bytes) {
      const value = parse(bytes);
      const unsafe = plainDataErrors(value);
      const errors =
        unsafe.length > 0 ? unsafe : valueErrors(client, value, { size: bytes.length, errors: [] });
      if (errors.length > 0) throw validationFailed(errors);
      return value;
    },
    write(message) {
      const projected = server.project(message);
      if (!server.validator.accepts(projected)) {
        const detail = bodyFaults(server.validator, projected);
        onBreach?.({ operation, status: 101, detail });
        if (breaches === 'fail') throw internalError(new Error(`The message breaks the contract: ${detail}`));
      }
      return JSON.stringify(projected);
    },
    problem: (problem, request) => problemBody(problem, request) as never, // Which codes there are, `write` checks.
  };
}

/** Before anybody is authenticated: a ticket must not be spent on what can never become a socket. */
export function refusePlainRequest({ operation, canUpgrade }: Exchange): void {
  if (!operation.socket || canUpgrade) return;
  throw new Problem({
    status: 426,
    code: 'upgrade_required',
    title: 'Upgrade required',
    detail: 'This is the address of a WebSocket.',
    headers: { Upgrade: 'websocket' },
  });
}
