/** The types of request bodies: what a handler sees of each media type that its operation takes. */
import type { FileInMemory, UploadedFile } from './multipart-files.ts';
import type { OperationFacts, OperationTypes } from './types.ts';

/**
 * `body` and `contentType` of a request. Where an operation takes several media types this is a union, and
 * `contentType` tells which of them was sent; both are undefined where the body is optional and was not.
 */
export type SentBody<
  Types extends OperationTypes,
  Facts extends OperationFacts,
  File extends UploadedFile = FileInMemory,
> = [NonNullable<Types['requestBody']>] extends [never]
  ? NoBody
  : Types extends { requestBody: { content: infer Content } }
    ? BodyIn<Content, FileNames<Facts>, File>
    : Types extends { requestBody?: { content: infer Content } }
      ? BodyIn<Content, FileNames<Facts>, File> | NoBody
      : NoBody;

interface NoBody {
  readonly body: undefined;
  readonly contentType: undefined;
}

/** One member for each media type. */
type BodyIn<Content, Names, File> = {
  [MediaType in keyof Content]: {
    readonly body: BodyAs<MediaType, Content[MediaType], { names: Names; file: File }>;
    readonly contentType: Sent<MediaType>;
  };
}[keyof Content];

/** openapi-typescript writes bytes as strings; by their media type we know better. */
type BodyAs<MediaType, Body, Files extends { names: unknown; file: unknown }> = MediaType extends
  'application/json' | `${string}+json` | 'application/x-www-form-urlencoded' | `text/${string}`
  ? Body
  : MediaType extends 'multipart/form-data'
    ? {
        readonly [Key in keyof Body]: Key extends Files['names']
          ? Stored<Body[Key], Files['file']>
          : Body[Key];
      }
    : Buffer;

/** A file or a list of them, in place of the string that the contract has. */
type Stored<Value, File> = Value extends readonly unknown[]
  ? readonly File[]
  : Value extends string
    ? File
    : Value extends undefined
      ? undefined
      : never;

/** What can be sent under a range: any of its kind. */
type Sent<MediaType> = MediaType extends '*/*'
  ? string
  : MediaType extends `${infer Kind}/*`
    ? `${Kind}/${string}`
    : MediaType;

type FileNames<Facts> = Facts extends { readonly files: readonly (infer Name)[] } ? Name : never;
