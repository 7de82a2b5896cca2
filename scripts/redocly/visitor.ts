/**
 * The part of Redocly's visitor interface that our rules use. Its own types are bundled into the command line
 * tool and cannot be imported.
 */

/** A place in one of the contract's files. */
export interface Place {
  child(steps: string | number | readonly (string | number)[]): Place;
  /** The name of the property rather than its value. */
  key(): Place;
  readonly source: { readonly absoluteRef: string };
}

export interface Context {
  report(fault: { readonly message: string; readonly location: Place }): void;
  /** Follows a `$ref`; anything else comes back as it is. `from` is the file that holds the `$ref`. */
  resolve<Node>(
    node: Node | Reference,
    from?: string,
  ): { readonly node: Node | undefined; readonly location: Place | undefined };
  readonly location: Place;
  /** The property or index under which the node was met first. */
  readonly key: string | number;
}

export interface Reference {
  readonly $ref: string;
}

export type Named<Value> = Readonly<Record<string, Value>>;

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Named<Schema>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly 'x-problems'?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
}

export interface MediaType {
  readonly schema?: Schema;
  readonly examples?: Named<unknown>;
}

export interface Body {
  readonly content?: Named<MediaType>;
}

export interface Response extends Body {
  readonly headers?: Named<unknown>;
}

export type Responses = Named<Response | Reference>;

export interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly security?: readonly Named<readonly string[]>[];
  readonly requestBody?: Body | Reference;
  readonly responses?: Responses;
  readonly 'x-access'?: unknown;
  readonly 'x-idempotent'?: unknown;
}

export interface PathItem {
  readonly parameters?: readonly (Parameter | Reference)[];
}

/** Called once for each node of that kind, with `$ref`s followed. */
export interface Visitor {
  Operation?(operation: Operation, context: Context): void;
  Parameter?(parameter: Parameter, context: Context): void;
  Responses?(responses: Responses, context: Context): void;
  Response?(response: Response, context: Context): void;
  RequestBody?(body: Body, context: Context): void;
  MediaType?(mediaType: MediaType, context: Context): void;
  Schema?(schema: Schema, context: Context): void;
  PathItem?: {
    Operation(operation: Operation, context: Context, parents: { readonly PathItem: PathItem }): void;
  };
}

export type Rule = () => Visitor;

export function isReference(node: object): node is Reference {
  return '$ref' in node;
}

/** The types a schema names, as a list: none, one or several. */
export function typesOf({ type = [] }: Schema): readonly string[] {
  return typeof type === 'string' ? [type] : type;
}
