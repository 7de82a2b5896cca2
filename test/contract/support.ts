/** A tiny server for a tiny contract: what every test of the engine stands on. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import supertest from 'supertest';
import { ContractError, contractMiddleware, createContract } from '#contract';
import type { Server } from 'node:http';
import type { Contract, ContractDocument, ContractOptions, HandledReply, Problem } from '#contract';
import type { JsonSchema, OperationObject } from '#contract/document.ts';
import type { Breach, ReplyValue } from '#contract/reply.ts';

/** What a handler of a test gets: the values are whatever the tiny contract makes of them. */
export interface TestRequest {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly cookies: Record<string, unknown>;
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly principal: unknown;
  readonly accepted: string | undefined;
  readonly signal: AbortSignal;
}

type TestReply = (status: number, body?: unknown, headers?: ReplyValue['headers']) => ReplyValue;
export type TestHandler = (request: TestRequest, reply: TestReply) => ReplyValue | Promise<ReplyValue>;

/** The parts of a document that a test cares about. */
export type Spec = Partial<ContractDocument>;

export type TinyOptions = Partial<Omit<ContractOptions<unknown, object>, 'document' | 'handlers'>> & {
  /** By operationId; operations that are missing here echo their request. */
  readonly handlers?: Readonly<Record<string, TestHandler>>;
  /** How long a stream of events may be silent. */
  readonly heartbeatMs?: number;
};

/** A failure that every operation of a test documents. */
export const anyProblem = {
  description: 'A failure',
  content: { 'application/problem+json': { schema: true } },
};

/** A JSON response or request body of this schema. */
export function json(schema: JsonSchema) {
  return { description: 'JSON', content: { 'application/json': { schema } } };
}

/** An operation that answers 200 with any JSON, and failures with any problem. */
export function operation(operationId: string, rest: OperationObject = {}): OperationObject {
  return { operationId, responses: { 200: json({}), default: anyProblem }, ...rest };
}

/** The document of a spec, with what every document needs. */
export function documentOf(spec: Spec): ContractDocument {
  return { openapi: '3.1.0', info: { title: 'Tiny', version: '1' }, ...spec };
}

/** The contract of a spec, without a server. */
export function createTiny(spec: Spec, { handlers, ...options }: TinyOptions = {}): Promise<Contract> {
  return createContract({
    document: documentOf(spec),
    handlers: { tiny: { ...echoesOf(spec), ...handlers } },
    authenticators: {},
    tools: () => ({}),
    breaches: 'fail',
    ...options,
  });
}

/** What keeps a spec from being served, one line each; none when it can be. */
export async function faultsOf(spec: Spec, options: TinyOptions = {}): Promise<readonly string[]> {
  try {
    await createTiny(spec, options);
    return [];
  } catch (error) {
    if (error instanceof ContractError) return error.faults;
    throw error;
  }
}

/** What happened inside a tiny server. */
interface Records {
  /** Ids of the operations whose handlers ran. */
  readonly handled: string[];
  readonly breaches: Breach[];
  readonly problems: Problem[];
  /** Why replies were cut off in their middle. */
  readonly broken: unknown[];
  /** Errors that left the engine: there must be none. */
  readonly escaped: unknown[];
}

export interface TinyServer extends Records, AsyncDisposable {
  readonly port: number;
  readonly http: ReturnType<typeof supertest>;
}

/** Serves a spec on a free port of this machine: `await using api = await serve(…)` ends with the test. */
export async function serve(spec: Spec, options: TinyOptions = {}): Promise<TinyServer> {
  const records: Records = { handled: [], breaches: [], problems: [], broken: [], escaped: [] };
  const contract = await createTiny(spec, {
    ...options,
    handlers: recording({ ...echoesOf(spec), ...options.handlers }, records),
    onBreach(breach) {
      records.breaches.push(breach);
      options.onBreach?.(breach);
    },
  });
  const server = createServer(appOf(contract, records, options.heartbeatMs ?? 60_000)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  return {
    ...records,
    port,
    http: supertest(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function appOf(contract: Contract, records: Records, heartbeatMs: number): express.Express {
  const { problems, broken, escaped } = records;
  const middleware = contractMiddleware(contract, {
    requestOf: () => ({ id: 'request-1', ip: '127.0.0.1' }),
    lingerMs: 200,
    heartbeatMs,
    onBroken: (error) => broken.push(error),
    onReply({ problem }: HandledReply) {
      if (problem) problems.push(problem);
    },
  });
  return express().use((req, res) => middleware(req, res).catch((error: unknown) => escaped.push(error)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A handler for each operation that answers 200 with what it was given. */
function echoesOf({ paths = {} }: Spec): Record<string, TestHandler> {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const ids = operations.flatMap(({ operationId }) => (typeof operationId === 'string' ? [operationId] : []));
  return Object.fromEntries(ids.map((id) => [id, echo]));
}

const echo: TestHandler = ({ params, query, headers, cookies, body, principal }, reply) =>
  reply(200, { params, query, headers, cookies, body, principal });

function recording(handlers: Record<string, TestHandler>, { handled }: Records): Record<string, TestHandler> {
  const recorded = Object.entries(handlers).map(([id, handler]): [string, TestHandler] => [
    id,
    (request, reply) => {
      handled.push(id);
      return handler(request, reply);
    },
  ]);
  return Object.fromEntries(recorded);
}
