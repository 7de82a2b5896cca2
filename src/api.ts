/** Binds the engine's types to our own contract: what a handler of this API looks like. */
import type { Handler, UploadedFile } from '#contract';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/database/database.ts';
import type { RunTransaction } from '#platform/database/transaction.ts';
import type { components, operations } from '#generated/contract.ts';
import type { operations as operationTable } from '#generated/operations.ts';

/** A schema of the contract by its name: `Schema<'Item'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type OperationId = keyof operations;

export type Tag = (typeof operationTable)[OperationId]['tag'];

/** Who is calling, as read from the database for this request. */
export interface Principal {
  readonly user: { readonly id: number; readonly is_superuser: boolean };
  readonly session: { readonly id: string };
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

/** The handlers of a tag, one for each of its operations, none missing and none unknown. */
export type HandlersOf<Name extends Tag> = {
  readonly [Id in OperationId as (typeof operationTable)[Id]['tag'] extends Name ? Id : never]: HandlerOf<Id>;
};

/** Every operation of the contract, by tag. */
export type Handlers = { readonly [Name in Tag]: HandlersOf<Name> };
