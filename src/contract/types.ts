/**
 * The types of handlers, derived from openapi-typescript's `operations` and from the generated operation
 * table. What the contract forbids does not compile: see test/contract/types.test-d.ts.
 */
import type { SentBody } from './body-types.ts';
import type { FileInMemory, UploadedFile } from './multipart-files.ts';
import type { Accepted, Replied, Reply } from './reply-types.ts';

/** The shape that openapi-typescript gives an operation. */
export interface OperationTypes {
  readonly parameters: {
    readonly path?: unknown;
    readonly query?: unknown;
    readonly header?: unknown;
    readonly cookie?: unknown;
  };
  readonly requestBody?: unknown;
  readonly responses: unknown;
}

/** What the operation table says of an operation, as literals. */
export interface OperationFacts {
  readonly tag: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Names of the parameters that have a default, so that a handler always finds them. */
  readonly defaults: readonly string[];
  /** Properties of its multipart body that are files. */
  readonly files?: readonly string[];
}

/** Everything a handler may see of a request, besides its body (`SentBody`) and its tools. */
export interface HandlerRequest<Types extends OperationTypes, Facts extends OperationFacts, Principal> {
  readonly params: Given<Types['parameters']['path']>;
  readonly query: WithDefaults<Given<Types['parameters']['query']>, Facts['defaults'][number]>;
  readonly headers: WithDefaults<Given<Types['parameters']['header']>, Facts['defaults'][number]>;
  readonly cookies: WithDefaults<Given<Types['parameters']['cookie']>, Facts['defaults'][number]>;
  readonly principal: PrincipalOf<Facts, Principal>;
  /** The media type, of those of the successes, that the client likes best; the contract's first of equals. */
  readonly accepted: Accepted<Types>;
  /** Aborted when the client leaves before it has the whole reply: hand it to whatever takes long. */
  readonly signal: AbortSignal;
}

/**
 * A handler of one operation. `Tools` is what the application adds: database, transaction, … `File` is what its
 * file sinks make of a file.
 */
export type Handler<
  Types extends OperationTypes,
  Facts extends OperationFacts,
  Principal,
  Tools extends object,
  File extends UploadedFile = FileInMemory,
> = (
  request: HandlerRequest<Types, Facts, Principal> & SentBody<Types, Facts, File> & Tools,
  reply: Reply<Types>,
) => Replied<Types> | Promise<Replied<Types>>;

/** A part of the parameters, or an empty object where the operation has none. */
type Given<Part> = [NonNullable<Part>] extends [never] ? Readonly<Record<never, never>> : NonNullable<Part>;

/** A parameter with a default is there when the handler runs. */
type WithDefaults<Part, Names extends string> = {
  readonly [Key in keyof Part as Key extends Names ? Key : never]-?: NonNullable<Part[Key]>;
} & {
  readonly [Key in keyof Part as Key extends Names ? never : Key]: Part[Key];
};

/** Nobody on a public operation; perhaps nobody where `{}` is an alternative. */
type PrincipalOf<Facts extends OperationFacts, Principal> = Facts['security'] extends readonly []
  ? undefined
  : Record<never, never> extends Facts['security'][number]
    ? Principal | undefined
    : Principal;
