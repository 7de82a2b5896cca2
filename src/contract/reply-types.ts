/** The types of `reply`: what an operation may answer, from openapi-typescript's `responses`. */
import type { OperationTypes } from './types.ts';
import type { ServerEvent } from './reply-events.ts';
import type { ReplyValue } from './reply.ts';

declare const operationOf: unique symbol;

/** Proof that a reply was made by the operation's own `reply`. */
export interface Replied<Types extends OperationTypes> extends ReplyValue {
  readonly [operationOf]?: Types;
}

/**
 * Makes the reply of an operation: a documented status with exactly its body and its headers. Where several
 * media types or a range of them are documented, the header `Content-Type` says which one the body is of.
 */
export type Reply<Types extends OperationTypes> = <
  Status extends StatusOf<Types>,
  const Body extends ReplyBody<Types, Status>,
>(
  status: Status,
  ...rest: ReplyArguments<Types, Status, Body>
) => Replied<Types>;

/** Documented alone, in a range (`4XX`), or, with a `default`, any. */
export type StatusOf<Types extends OperationTypes> =
  (keyof Types['responses'] & number) | StatusIn<keyof Types['responses']>;

type StatusIn<Key> = Key extends 'default'
  ? number
  : Key extends `${infer Hundreds}${'XX' | 'xx'}`
    ? NumberOf<`${Hundreds}${Digit}${Digit}`>
    : never;

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type NumberOf<Text> = Text extends `${infer Status extends number}` ? Status : never;

/** The description of a status: its own, then that of its range, then `default`. */
type ResponseOf<Responses, Status extends number> = Status extends keyof Responses
  ? Responses[Status]
  : RangeOf<Status> & keyof Responses extends never
    ? Responses['default' & keyof Responses]
    : Responses[RangeOf<Status> & keyof Responses];

type RangeOf<Status extends number> = `${Status}` extends `${infer Hundreds}${Digit}${Digit}`
  ? `${Hundreds}${'XX' | 'xx'}`
  : never;

/** HTTP ends these replies after their headers, whatever is documented. */
type Bodiless = 204 | 205 | 304;

type ContentOf<Types extends OperationTypes, Status extends number> = Status extends Bodiless
  ? never
  : ResponseOf<Types['responses'], Status> extends { content: infer Content }
    ? NonNullable<Content>
    : never;

/** The body of a documented status, in any of its media types; undefined where it has none. */
export type ReplyBody<Types extends OperationTypes, Status extends StatusOf<Types>> = [
  ContentOf<Types, Status>,
] extends [never]
  ? undefined
  : BodyIn<ContentOf<Types, Status>>;

type BodyIn<Content> = { [Media in keyof Content]: BodyOf<Media, Content[Media]> }[keyof Content];

/** Bytes that are not all there yet: a file, a report that is being written. */
export type ByteStream = AsyncIterable<string | Uint8Array>;

type BodyOf<Media, Shape> = Media extends JsonType
  ? Shape
  : Media extends 'text/event-stream'
    ? AsyncIterable<ServerEvent<Shape>>
    : Media extends LineType
      ? AsyncIterable<Shape>
      : Media extends TextType
        ? string | Uint8Array | ByteStream
        : Media extends WideRange
          ? AnyBody<Shape>
          : Uint8Array | ByteStream;

/** A range of everything is JSON where its schema says so. */
type AnyBody<Shape> = [Shape] extends [string] ? string | Uint8Array | ByteStream
  : unknown extends Shape ? string | Uint8Array | ByteStream
  : Shape; // prettier-ignore

type WideRange = '*/*' | 'application/*';
type JsonType = WithParameters<'application/json' | `${string}+json`>;
type LineType = WithParameters<'application/jsonl' | 'application/x-ndjson' | 'application/ndjson'>;
type TextType = WithParameters<
  | `text/${string}` | `${string}+xml` | `${string}+yaml` | 'application/xml' | 'application/yaml'
  | 'application/javascript' | 'application/x-www-form-urlencoded' | 'image/*'
>; // prettier-ignore
type WithParameters<Media extends string> = Media | `${Media};${string}`;

type ReplyArguments<Types extends OperationTypes, Status extends StatusOf<Types>, Body> = [
  ContentOf<Types, Status>,
] extends [never]
  ? NoneRequired<ReplyHeaders<Types, Status>> extends true
    ? [body?: undefined, headers?: Closed<ReplyHeaders<Types, Status>>]
    : [body: undefined, headers: ReplyHeaders<Types, Status>]
  : BodyArguments<ContentOf<Types, Status>, ReplyHeaders<Types, Status>, Body>;

/** One pair for each media type; `Content-Type` may be left out where there is only one. */
type BodyArguments<Content, Headers, Body, Media = keyof Content> = Media extends keyof Content
  ? IsNamed<Content> extends true
    ? NoneRequired<Headers> extends true
      ? [body: Fitting<Body, Media, Content[Media]>, headers?: Headers & Framing<Media>]
      : [body: Fitting<Body, Media, Content[Media]>, headers: Headers & Framing<Media>]
    : [body: Fitting<Body, Media, Content[Media]>, headers: Headers & Framing<Media> & Named<Media>]
  : never;

/** Streams and bytes have nothing that an extra property could hide in. */
type Fitting<Body, Media, Shape> = Media extends JsonType ? Exact<Body, Shape>
  : Media extends WideRange ? unknown extends Shape ? BodyOf<Media, Shape>
    : [Shape] extends [string] ? BodyOf<Media, Shape>
    : Exact<Body, Shape>
  : BodyOf<Media, Shape>; // prettier-ignore

/** True for a single media type that is no range. */
type IsNamed<Content> =
  IsUnion<keyof Content> extends true ? false : keyof Content extends `${string}/*` ? false : true;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

/** Of a whole body the length is counted; it is for streams. */
interface Framing<Media> {
  readonly 'Content-Type'?: ContentType<Media>;
  readonly 'Content-Length'?: number | undefined;
}

type Named<Media> = { readonly 'Content-Type': ContentType<Media> };

type ContentType<Media> = Media extends `${infer Type}/*`
  ? `${Type extends '*' ? string : Type}/${string}`
  : Media extends string
    ? WithParameters<Media>
    : never;

/** Where nothing is documented nothing may be given: an empty object type would take any. */
type Closed<Headers> = [keyof Headers] extends [never] ? Readonly<Record<string, never>> : Headers;

/** The documented headers; openapi-typescript adds an index signature, which would allow any. */
type ReplyHeaders<Types extends OperationTypes, Status extends number> =
  ResponseOf<Types['responses'], Status> extends { headers: infer Headers }
    ? HeaderValues<Omit<WithoutIndex<Headers>, ServerHeader>>
    : object;

type HeaderValues<Headers> = {
  readonly [Name in keyof Headers]: Name extends 'Set-Cookie'
    ? Headers[Name] | readonly NonNullable<Headers[Name]>[]
    : HeaderValueOf<Headers[Name]>;
};

/** A header whose `content` is JSON is given as its value. */
type HeaderValueOf<Value> = Value extends { readonly 'application/json': infer Json } ? Json : Value;

/** Documented, but set by what surrounds the handler. */
type ServerHeader =
  | 'X-Request-ID' | 'RateLimit' | 'RateLimit-Policy' | 'Idempotency-Replayed' | 'Content-Type' | 'Content-Length'; // prettier-ignore

type WithoutIndex<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };

type NoneRequired<T> = object extends T ? true : false;

/** What of the successes' media types a client can like best; undefined where none has a body. */
export type Accepted<Types extends OperationTypes> = MediaOf<
  Types['responses'],
  SuccessOf<Types['responses']>
>;

type SuccessOf<Responses> = [SuccessIn<keyof Responses>] extends [never]
  ? 'default' & keyof Responses
  : SuccessIn<keyof Responses> & keyof Responses;

type SuccessIn<Key> = Key extends number | string ? (`${Key}` extends `2${string}` ? Key : never) : never;

type MediaOf<Responses, Status extends keyof Responses> = [MediaIn<Responses[Status]>] extends [never]
  ? undefined
  : MediaIn<Responses[Status]>;

type MediaIn<Response> = Response extends { content: infer Content } ? keyof NonNullable<Content> : never;

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
