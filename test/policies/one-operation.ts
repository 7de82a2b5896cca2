/** A contract of one operation, for what the policies do and the real contract never shows. */
import { Readable } from 'node:stream';
import { createContract } from '#contract';
import type { Exchange, HandledReply, Hooks, PlainRequest, ReplyValue } from '#contract';
import type { OperationObject } from '#contract/document.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import { documentOf, operation } from '../contract/support.ts';

export interface Caller {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
}

export type Handler = (
  request: { readonly transaction: RunTransaction },
  reply: (status: number, body?: unknown) => ReplyValue,
) => Promise<ReplyValue>;

export interface OneOperation {
  readonly handler?: Handler;
  readonly rest: OperationObject;
  /** Who calls. */
  readonly userId?: number;
  readonly hooks: readonly Hooks<Caller>[];
  transaction?(exchange: Exchange<Caller>): RunTransaction;
}

/** Calls `POST /things`, with an Idempotency-Key or without. */
export type Post = (key?: string, headers?: Readonly<Record<string, string>>) => Promise<HandledReply>;

/** Serves `addThing`, `POST /things`, which anybody may call who is signed in by the scheme `anybody`. */
export async function serveOne({
  handler = async (_request, reply) => reply(200, {}),
  rest,
  userId = 1,
  hooks,
  transaction = () => unusable,
}: OneOperation): Promise<Post> {
  const contract = await createContract<Caller, { transaction: RunTransaction }>({
    document: documentOf({
      components: { securitySchemes: { anybody: {} } },
      paths: { '/things': { post: operation('addThing', rest) } },
    }),
    handlers: { things: { addThing: handler } },
    authenticators: {
      anybody: {
        challenge: 'Bearer',
        authenticate: async () => ({
          kind: 'accepted',
          principal: { user: { id: userId, is_superuser: false } },
          scopes: [],
        }),
      },
    },
    tools: (exchange) => ({ transaction: transaction(exchange) }),
    hooks,
    breaches: 'fail',
  });
  return (key, headers = {}) =>
    contract.handle(
      requestFor({
        method: 'POST',
        path: '/things',
        headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) },
        id: `request-of-${userId}`,
      }),
    );
}

/** A request without a body; what is not said is the same for all. */
export function requestFor(own: Partial<PlainRequest>): PlainRequest {
  return {
    method: 'GET',
    path: '/',
    queryString: '',
    headers: {},
    stream: Readable.from([]),
    id: 'request-1',
    ip: '127.0.0.1',
    ...own,
  };
}

const unusable: RunTransaction = () => {
  throw new Error('This test has no transaction.');
};

export const takesKey = {
  security: [{ anybody: [] }],
  parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }],
  'x-idempotent': true,
} as const;
