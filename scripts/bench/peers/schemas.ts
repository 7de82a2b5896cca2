// The contract of the five requests, as JSON Schema for Fastify.

const id = { type: 'integer', minimum: 1, maximum: 2147483647 } as const;
const title = { type: 'string', minLength: 1, maxLength: 255 } as const;
const description = { type: ['string', 'null'], maxLength: 2000 } as const;
const timestamp = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const item = {
  type: 'object',
  required: ['id', 'owner_id', 'title', 'description', 'created_at', 'updated_at'],
  properties: {
    id,
    owner_id: id,
    title,
    description,
    created_at: timestamp,
    updated_at: timestamp,
  },
} as const;

const text = { type: 'string' } as const;

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    code: text,
    request_id: text,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'pointer', 'in', 'message', 'type'],
        properties: { field: text, pointer: text, in: text, message: text, type: text },
      },
    },
  },
} as const;

export const getItem = {
  params: { type: 'object', required: ['item_id'], properties: { item_id: id } },
  response: { 200: item, '4xx': problem },
} as const;

export const listItems = {
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      page: { type: 'integer', minimum: 1, maximum: 10000, default: 1 },
      size: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
    },
  },
  response: {
    200: {
      type: 'object',
      required: ['items', 'total', 'page', 'size', 'pages'],
      properties: {
        items: { type: 'array', items: item },
        total: count,
        page: count,
        size: count,
        pages: count,
      },
    },
    '4xx': problem,
  },
} as const;

export const createItem = {
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['title'],
    properties: { title, description },
  },
  response: { 201: item, '4xx': problem },
} as const;
