/** A contract of any size in the style of ours: five operations for each of many resources. */
import type { ContractDocument } from '#contract';
import type { JsonSchema, OperationObject, PathItemObject } from '#contract/document.ts';

type Paths = Record<string, PathItemObject>;
type Schemas = Record<string, JsonSchema>;

/** `operations` is a multiple of five. */
export function manyOperations(operations: number): ContractDocument {
  const resources = Array.from({ length: operations / 5 }, (_none, index) => index);
  return {
    openapi: '3.1.0',
    info: { title: `${operations} operations`, version: '1' },
    servers: [{ url: '/api/v1' }],
    paths: joined(resources.map(pathsOf)),
    components: {
      schemas: { ...sharedSchemas, ...joined(resources.map(schemasOf)) },
      parameters: {
        Page: {
          name: 'page',
          in: 'query',
          schema: { type: 'integer', minimum: 1, maximum: 10000, default: 1 },
        },
        Size: {
          name: 'size',
          in: 'query',
          schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
        },
        IfMatch: { name: 'If-Match', in: 'header', schema: { type: 'string', maxLength: 1000 } },
      },
      responses: { Problem: { description: 'A failure', content: problemContent } },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** As Object.assign, which forgets the types. */
function joined<Value>(records: readonly Readonly<Record<string, Value>>[]): Record<string, Value> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}

const problemContent = { 'application/problem+json': { schema: ref('schemas', 'Problem') } };

function pathsOf(index: number): Paths {
  const thing = `Thing${index}`;
  const body = (schema: string) => ({ required: true, content: json(schema) });
  return {
    [`/things-${index}`]: {
      get: operation(`listThings${index}`, replies('200', `${thing}Page`), {
        parameters: [ref('parameters', 'Page'), ref('parameters', 'Size'), search],
      }),
      post: operation(`create${thing}`, replies('201', thing), { requestBody: body(`${thing}Create`) }),
    },
    [`/things-${index}/{thing_id}`]: {
      parameters: [{ name: 'thing_id', in: 'path', required: true, schema: ref('schemas', 'Id') }],
      get: operation(`get${thing}`, replies('200', thing)),
      patch: operation(`update${thing}`, replies('200', thing), {
        parameters: [ref('parameters', 'IfMatch')],
        requestBody: body(`${thing}Update`),
      }),
      delete: operation(`delete${thing}`, { '204': {} }),
    },
  };
}

const search = {
  name: 'q',
  in: 'query',
  schema: { type: 'string', minLength: 1, maxLength: 100 },
} as const;

function operation(
  operationId: string,
  good: OperationObject['responses'],
  rest: OperationObject = {},
): OperationObject {
  const failures = ['400', '401', '403', '404', '406', '413', '415', '422', '429', '500', '503'];
  const bad = Object.fromEntries(failures.map((status) => [status, ref('responses', 'Problem')]));
  return { operationId, security: [{ bearer: [] }], responses: { ...good, ...bad }, ...rest };
}

function replies(status: string, schema: string): NonNullable<OperationObject['responses']> {
  const headers = { ETag: { schema: { type: 'string', maxLength: 100 } } };
  return { [status]: { headers, content: json(schema) } };
}

function json(schema: string) {
  return { 'application/json': { schema: ref('schemas', schema) } };
}

function ref(section: 'schemas' | 'parameters' | 'responses', name: string) {
  return { $ref: `#/components/${section}/${name}` };
}

function schemasOf(index: number): Schemas {
  const fields = { title: ref('schemas', 'Title'), description: ref('schemas', 'Description') };
  const given = { type: 'object', additionalProperties: false, properties: fields };
  return {
    [`Thing${index}`]: {
      type: 'object',
      required: ['id', 'owner_id', 'title', 'description', 'created_at', 'updated_at'],
      properties: {
        id: ref('schemas', 'Id'),
        owner_id: ref('schemas', 'Id'),
        ...fields,
        created_at: ref('schemas', 'Timestamp'),
        updated_at: ref('schemas', 'Timestamp'),
      },
    },
    [`Thing${index}Create`]: { ...given, required: ['title'] },
    [`Thing${index}Update`]: { ...given, minProperties: 1 },
    [`Thing${index}Page`]: {
      type: 'object',
      required: ['items', 'total', 'page', 'size', 'pages'],
      properties: {
        items: { type: 'array', maxItems: 100, items: ref('schemas', `Thing${index}`) },
        ...Object.fromEntries(
          ['total', 'page', 'size', 'pages'].map((name) => [name, ref('schemas', 'Count')]),
        ),
      },
    },
  };
}

const text = { type: 'string', maxLength: 1000 };

const sharedSchemas: Schemas = {
  Id: { type: 'integer', format: 'int64', minimum: 1, maximum: 2147483647 },
  Count: { type: 'integer', format: 'int64', minimum: 0, maximum: 9007199254740991 },
  Title: { type: 'string', minLength: 1, maxLength: 255 },
  Description: { type: ['string', 'null'], maxLength: 2000 },
  Timestamp: { type: 'string', format: 'date-time', maxLength: 30 },
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
    properties: {
      ...Object.fromEntries(
        ['type', 'title', 'detail', 'instance', 'code', 'request_id'].map((name) => [name, text]),
      ),
      status: { type: 'integer', minimum: 400, maximum: 599 },
      errors: { type: 'array', maxItems: 100, items: ref('schemas', 'FieldError') },
    },
  },
  FieldError: {
    type: 'object',
    required: ['field', 'pointer', 'in', 'message', 'type'],
    properties: Object.fromEntries(['field', 'pointer', 'in', 'message', 'type'].map((name) => [name, text])),
  },
};
