/** Binds the engine's types to our own contract: what a handler of this API looks like. */
import type { Handler, SocketHandler, UploadedFile } from '#contract';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { Connection } from '#platform/realtime/connection.ts';
import type { components, operations } from '#generated/contract.ts';
import type { operations as operationTable } from '#generated/operations.ts';

/** A schema of the contract by its name: `Schema<'Item'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type OperationId = keyof operations;

export type Tag = (typeof operationTable)[OperationId]['tag'];

/** Who is calling, as read from the database for this request. */
export interface Principal {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
  readonly session: {
    readonly id: string;
    /** When the access token ends that the caller came with, or had when getting a ticket. */
    readonly tokenExpiresAt: Date;
  };
}

/** What every handler gets besides the request itself. */
export interface RequestTools {
  /** The pool: for reads, and for a single write. */
  readonly db: Db;
  /** For writes that belong together. Commits before any byte of the reply; may run three times. */
  readonly transaction: RunTransaction;
  readonly clock: Clock;
  /** The path of this request, for Location and Link. */
  readonly path: string;
  /** Upper case; HEAD is answered by the handler of GET. */
  readonly method: string;
}

/** What the store of files adds to a file that it has taken. */
export interface KeptBytes {
  /** Under which the bytes are kept. */
  readonly id: string;
  readonly sha256: string;
}

/** A file of a multipart body, as handlers see it. */
export type StoredFile = UploadedFile & KeptBytes;

export type HandlerOf<Id extends OperationId> = Handler<
  operations[Id],
  (typeof operationTable)[Id],
  Principal,
  RequestTools,
  StoredFile
>;

/** The operations of a tag that open a socket, and those that answer. */
type SocketIdOf<Name extends Tag> = {
  [Id in OperationId]: (typeof operationTable)[Id] extends { tag: Name; websocket: object } ? Id : never;
}[OperationId];
type AnsweredIdOf<Name extends Tag> = Exclude<
  { [Id in OperationId]: (typeof operationTable)[Id]['tag'] extends Name ? Id : never }[OperationId],
  SocketIdOf<Name>
>;

/** The handlers of a tag, one for each of its operations, none missing and none unknown; sockets have their own. */
export type HandlersOf<Name extends Tag> = { readonly [Id in AnsweredIdOf<Name>]: HandlerOf<Id> };

/** Every operation of the contract, by tag. */
export type Handlers = {
  readonly [Name in Tag as AnsweredIdOf<Name> extends never ? never : Name]: HandlersOf<Name>;
};

/** The messages of a socket operation by the names in its `x-websocket`. */
type MessagesOf<Id extends OperationId> = (typeof operationTable)[Id] extends {
  websocket: { client: infer Client; server: infer Server };
}
  ? {
      client: Schema<Client & keyof components['schemas']>;
      server: Schema<Server & keyof components['schemas']>;
    }
  : never;

/** What takes over the sockets of an operation; its messages are typed by the contract. */
export type SocketHandlerOf<Id extends SocketIdOf<Tag>> = SocketHandler<
  Principal,
  Connection,
  MessagesOf<Id>['client'],
  MessagesOf<Id>['server']
>;

/** The socket handlers of the whole contract. */
export type SocketHandlers = { readonly [Id in SocketIdOf<Tag>]: SocketHandlerOf<Id> };
