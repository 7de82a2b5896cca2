/** A contract of one operation, for what the policies do and the real contract never shows. */
import { Readable } from 'node:stream';
import { createContract } from '#contract';
import type { Exchange, HandledReply, Hooks, ReplyValue } from '#contract';
import type { OperationObject } from '#contract/document.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import { documentOf, operation } from '../contract/support.ts';

export interface Caller {
  readonly user: { readonly id: number };
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
export type Post = (key?: string) => Promise<HandledReply>;

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
        authenticate: async () => ({ kind: 'accepted', principal: { user: { id: userId } }, scopes: [] }),
      },
    },
    tools: (exchange) => ({ transaction: transaction(exchange) }),
    hooks,
    breaches: 'fail',
  });
  return (key) =>
    contract.handle({
      method: 'POST',
      path: '/things',
      queryString: '',
      headers: key === undefined ? {} : { 'idempotency-key': key },
      stream: Readable.from([]),
      id: `request-of-${userId}`,
      ip: '127.0.0.1',
    });
}

const unusable: RunTransaction = () => {
  throw new Error('This test has no transaction.');
};

export const takesKey = {
  security: [{ anybody: [] }],
  parameters: [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }],
  'x-idempotent': true,
} as const;
