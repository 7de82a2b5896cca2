/** What must not compile. `make check` fails when one of these lines starts to compile. */
import type { HandlerOf, HandlersOf, Schema } from '#api';
import type { Handler, UploadedFile } from '#contract';

declare const item: Schema<'Item'>;
declare const itemRow: Schema<'Item'> & { version: number };
declare const created: { Location: string; ETag: string };

// What must compile, so that the errors below are about what they say.
export const createItem: HandlerOf<'createItem'> = ({ body, principal }, reply) => {
  const owned: { title: string; owner_id: number } = { title: body.title, owner_id: principal.user.id };
  return reply(201, { ...item, ...owned }, created);
};
export const deleteItem: HandlerOf<'deleteItem'> = (_request, reply) => reply(204);
export const listItems: HandlerOf<'listItems'> = ({ query }, reply) => {
  const size: number = query.size;
  const items = [item, item];
  return reply(200, { items, total: 2, page: query.page, size, pages: 1 }, { Link: '</items>; rel="first"' });
};
export const getUser: HandlerOf<'getUser'> = ({ headers }, reply) => {
  const condition: string | undefined = headers['If-None-Match'];
  return condition === undefined
    ? reply(304, undefined, { ETag: '"1"' })
    : reply(304, undefined, { ETag: condition });
};

// @ts-expect-error a handler is missing
export const missing: HandlersOf<'auth'> = { login: undefined as never, refreshToken: undefined as never };

export const unknown: HandlersOf<'auth'> = {
  login: undefined as never,
  refreshToken: undefined as never,
  logout: undefined as never,
  // @ts-expect-error no such operation
  signIn: undefined as never,
};

// @ts-expect-error 418 is not documented
export const undeclaredStatus: HandlerOf<'getItem'> = (_request, reply) => reply(418, item, { ETag: '"1"' });

export const wrongBody: HandlerOf<'getItem'> = (_request, reply) =>
  // @ts-expect-error title is a string
  reply(200, { ...item, title: 1 }, { ETag: '"1"' });

export const missingProperty: HandlerOf<'getItem'> = (_request, reply) =>
  // @ts-expect-error the rest of an item is missing
  reply(200, { id: 1, title: 'Lamp' }, { ETag: '"1"' });

export const extraProperty: HandlerOf<'getItem'> = (_request, reply) =>
  // @ts-expect-error version is not in the contract
  reply(200, { ...item, version: 1 }, { ETag: '"1"' });

export const extraPropertyInVariable: HandlerOf<'getItem'> = (_request, reply) =>
  // @ts-expect-error version is not in the contract, also when the value is a variable
  reply(200, itemRow, { ETag: '"1"' });

export const extraPropertyInList: HandlerOf<'listItems'> = (_request, reply) => {
  const items = [itemRow];
  // @ts-expect-error version is not in the contract, also deep inside
  return reply(200, { items, total: 1, page: 1, size: 10, pages: 1 }, { Link: '</items>; rel="first"' });
};

export const missingHeader: HandlerOf<'createItem'> = (_request, reply) =>
  // @ts-expect-error ETag is required
  reply(201, item, { Location: '/api/v1/items/1' });

export const missingHeaders: HandlerOf<'createItem'> = (_request, reply) =>
  // @ts-expect-error Location and ETag are required
  reply(201, item);

export const unknownHeader: HandlerOf<'createItem'> = (_request, reply) =>
  // @ts-expect-error Server is not documented
  reply(201, item, { ...created, Server: 'x' });

export const headerWhereNone: HandlerOf<'deleteItem'> = (_request, reply) =>
  // @ts-expect-error this 204 has no header of its own
  reply(204, undefined, { Server: 'x' });

export const bodyWhereNone: HandlerOf<'deleteItem'> = (_request, reply) =>
  // @ts-expect-error 204 has no body
  reply(204, item);

export const principalOnPublic: HandlerOf<'login'> = ({ principal }, reply) => {
  // @ts-expect-error nobody is signed in on a public operation
  const id: number = principal.user.id;
  return reply(200, id as never, { 'Cache-Control': 'no-store' });
};

export const unknownBodyProperty: HandlerOf<'createItem'> = ({ body }, reply) =>
  // @ts-expect-error owner_id is not part of the request
  reply(201, { ...item, owner_id: body.owner_id }, created);

export const noReply: HandlerOf<'deleteItem'> =
  // @ts-expect-error a handler replies
  () => undefined;

/** An operation that takes several media types, as openapi-typescript writes it. */
interface Import {
  readonly parameters: Record<'path' | 'query' | 'header' | 'cookie', never>;
  readonly requestBody: {
    readonly content: {
      readonly 'application/json': { readonly title: string };
      readonly 'text/csv': string;
      readonly 'image/*': string;
      readonly 'multipart/form-data': {
        readonly title: string;
        readonly avatar?: string;
        readonly papers: readonly string[];
      };
    };
  };
  readonly responses: { readonly 204: { readonly content?: never } };
}
interface ImportFacts {
  readonly tag: 'imports';
  readonly security: readonly [];
  readonly defaults: readonly [];
  readonly files: readonly ['avatar', 'papers'];
}
interface FileOnDisk extends UploadedFile {
  readonly id: string;
}
type ImportHandler = Handler<Import, ImportFacts, undefined, object, FileOnDisk>;

export const bodyByMediaType: ImportHandler = ({ body, contentType }, reply) => {
  if (contentType === 'application/json') body.title satisfies string;
  else if (contentType === 'text/csv') body satisfies string;
  else if (contentType === 'multipart/form-data') {
    body.title satisfies string;
    body.avatar satisfies FileOnDisk | undefined;
    body.papers satisfies readonly FileOnDisk[];
  } else {
    contentType satisfies `image/${string}`;
    body satisfies Buffer;
  }
  return reply(204);
};

export const bodyOfAnyMediaType: ImportHandler = ({ body }, reply) => {
  // @ts-expect-error it may have come as anything
  body.title satisfies string;
  return reply(204);
};

export const bodyOfAnotherMediaType: ImportHandler = ({ body, contentType }, reply) => {
  // @ts-expect-error a text has no title
  if (contentType === 'text/csv') body.title satisfies string;
  return reply(204);
};

export const fileOfAnotherSink: ImportHandler = ({ body, contentType }, reply) => {
  // @ts-expect-error these sinks keep no bytes in memory
  if (contentType === 'multipart/form-data') body.avatar?.bytes satisfies Buffer | undefined;
  return reply(204);
};

type OptionalImport = Omit<Import, 'requestBody'> & {
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly title: string } } };
};

export const optionalBody: Handler<OptionalImport, ImportFacts, undefined, object> = (
  { body, contentType },
  reply,
) => {
  // @ts-expect-error nothing may have been sent
  body.title satisfies string;
  if (contentType === 'application/json') body.title satisfies string;
  return reply(204);
};
