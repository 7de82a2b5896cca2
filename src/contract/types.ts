/**
 * The types of handlers, derived from openapi-typescript's `operations` and from the generated operation
 * table. What the contract forbids does not compile: see test/contract/types.test-d.ts.
 */
import type { ReplyValue } from './reply.ts';

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
}

/** Everything a handler may see of a request, besides its tools. */
export interface HandlerRequest<Types extends OperationTypes, Facts extends OperationFacts, Principal> {
  readonly params: Given<Types['parameters']['path']>;
  readonly query: WithDefaults<Given<Types['parameters']['query']>, Facts['defaults'][number]>;
  readonly headers: WithDefaults<Given<Types['parameters']['header']>, Facts['defaults'][number]>;
  readonly cookies: WithDefaults<Given<Types['parameters']['cookie']>, Facts['defaults'][number]>;
  readonly body: RequestBody<Types>;
  readonly principal: PrincipalOf<Facts, Principal>;
}

/** A handler of one operation. `Tools` is what the application adds: database, transaction, … */
export type Handler<
  Types extends OperationTypes,
  Facts extends OperationFacts,
  Principal,
  Tools extends object,
> = (
  request: HandlerRequest<Types, Facts, Principal> & Tools,
  reply: Reply<Types>,
) => Replied<Types> | Promise<Replied<Types>>;

declare const operationOf: unique symbol;

/** Proof that a reply was made by the operation's own `reply`. */
export interface Replied<Types extends OperationTypes> extends ReplyValue {
  readonly [operationOf]?: Types;
}

/** Makes the reply of an operation: a documented status with exactly its body and its headers. */
export type Reply<Types extends OperationTypes> = <
  Status extends StatusOf<Types>,
  const Body extends ReplyBody<Types, Status>,
>(
  status: Status,
  ...rest: ReplyArguments<Types, Status, Body>
) => Replied<Types>;

export type StatusOf<Types extends OperationTypes> = keyof Types['responses'] & number;

/** The body of a documented status; undefined where it has none. */
export type ReplyBody<
  Types extends OperationTypes,
  Status extends StatusOf<Types>,
> = Types['responses'][Status] extends { content: infer Content }
  ? NonNullable<Content>[keyof NonNullable<Content>]
  : undefined;

type ReplyArguments<Types extends OperationTypes, Status extends StatusOf<Types>, Body> =
  ReplyBody<Types, Status> extends undefined
    ? NoneRequired<ReplyHeaders<Types, Status>> extends true
      ? [body?: undefined, headers?: Closed<ReplyHeaders<Types, Status>>]
      : [body: undefined, headers: ReplyHeaders<Types, Status>]
    : NoneRequired<ReplyHeaders<Types, Status>> extends true
      ? [body: Exact<Body, ReplyBody<Types, Status>>, headers?: Closed<ReplyHeaders<Types, Status>>]
      : [body: Exact<Body, ReplyBody<Types, Status>>, headers: ReplyHeaders<Types, Status>];

/** Where nothing is documented nothing may be given: an empty object type would take any. */
type Closed<Headers> = [keyof Headers] extends [never] ? Readonly<Record<string, never>> : Headers;

/** The documented headers; openapi-typescript adds an index signature, which would allow any. */
type ReplyHeaders<
  Types extends OperationTypes,
  Status extends StatusOf<Types>,
> = Types['responses'][Status] extends { headers: infer Headers }
  ? Omit<WithoutIndex<Headers>, ServerHeader>
  : object;

/** Documented, but set by what surrounds the handler. */
type ServerHeader = 'X-Request-ID' | 'RateLimit' | 'RateLimit-Policy' | 'Idempotency-Replayed';

type WithoutIndex<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };

type NoneRequired<T> = object extends T ? true : false;

/** Told in the compiler's error when a reply holds what the contract does not declare. */
interface NotInTheContract<Key> {
  readonly 'not in the contract': Key;
}

/**
 * `Actual` where every property is declared by `Shape`, also when it comes from a variable. Plain
 * assignability would let a row with its password hash pass.
 */
export type Exact<Actual, Shape> = unknown extends Shape
  ? Actual
  : Actual extends Scalar
    ? Actual
    : Actual extends readonly (infer Item)[]
      ? readonly Exact<Item, ItemOf<Shape>>[]
      : {
          readonly [Key in keyof Actual]: Key extends KeyOfAny<Shape>
            ? Exact<Actual[Key], ValueOfAny<Shape, Key>>
            : NotInTheContract<Key>;
        };

type Scalar = string | number | boolean | bigint | null | undefined;
type ItemOf<Shape> = Shape extends readonly (infer Item)[] ? Item : never;
type KeyOfAny<Shape> = Shape extends Scalar ? never : keyof Shape;
type ValueOfAny<Shape, Key> = Shape extends Scalar ? never : Key extends keyof Shape ? Shape[Key] : never;

/** A part of the parameters, or an empty object where the operation has none. */
type Given<Part> = [NonNullable<Part>] extends [never] ? Readonly<Record<never, never>> : NonNullable<Part>;

/** A parameter with a default is there when the handler runs. */
type WithDefaults<Part, Names extends string> = {
  readonly [Key in keyof Part as Key extends Names ? Key : never]-?: NonNullable<Part[Key]>;
} & {
  readonly [Key in keyof Part as Key extends Names ? never : Key]: Part[Key];
};

/** Any of the documented media types; undefined may be sent where the body is optional. */
type RequestBody<Types extends OperationTypes> = [NonNullable<Types['requestBody']>] extends [never]
  ? undefined
  : Types extends { requestBody: { content: infer Content } }
    ? Content[keyof Content]
    : Types extends { requestBody?: { content: infer Content } }
      ? Content[keyof Content] | undefined
      : undefined;

/** Nobody on a public operation; perhaps nobody where `{}` is an alternative. */
type PrincipalOf<Facts extends OperationFacts, Principal> = Facts['security'] extends readonly []
  ? undefined
  : Record<never, never> extends Facts['security'][number]
    ? Principal | undefined
    : Principal;
