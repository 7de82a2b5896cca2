/** The parts of an OpenAPI document that the engine reads, as OpenAPI writes them. */

/** A JSON Schema (2020-12). */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export interface Reference {
  readonly $ref: string;
}

export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

export interface MediaTypeObject {
  readonly schema?: JsonSchema;
  readonly encoding?: unknown;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly style?: string;
  readonly explode?: boolean;
  readonly schema?: JsonSchema;
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}

export interface HeaderObject {
  readonly required?: boolean;
  readonly style?: string;
  readonly explode?: boolean;
  readonly schema?: JsonSchema;
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}

export interface ResponseObject {
  readonly headers?: Readonly<Record<string, HeaderObject | Reference>>;
  readonly content?: Readonly<Record<string, MediaTypeObject>>;
}

export interface RequestBodyObject {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, MediaTypeObject>>;
}

export interface OperationObject {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (ParameterObject | Reference)[];
  readonly requestBody?: RequestBodyObject | Reference;
  readonly responses?: Readonly<Record<string, ResponseObject | Reference>>;
  readonly security?: readonly SecurityRequirement[];
  readonly servers?: unknown;
  readonly [extension: `x-${string}`]: unknown;
}

export interface PathItemObject extends Readonly<
  Partial<Record<'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options' | 'trace', OperationObject>>
> {
  readonly parameters?: readonly (ParameterObject | Reference)[];
  readonly servers?: unknown;
}

export interface ServerObject {
  readonly url: string;
  readonly variables?: Readonly<Record<string, { readonly default?: string }>>;
}

export interface ContractDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: readonly ServerObject[];
  readonly security?: readonly SecurityRequirement[];
  readonly paths?: Readonly<Record<string, PathItemObject | Reference>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes?: Readonly<Record<string, unknown>>;
    readonly [section: string]: unknown;
  };
}

/** A bundled document from its JSON text. Its shape is vouched for by the linter, and by the check at boot. */
export function parseContract(text: string): ContractDocument {
  return JSON.parse(text) as ContractDocument;
}
