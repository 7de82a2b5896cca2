/** The place in the document that the words of a fault speak of. */
import { describe, expect, test } from '@jest/globals';
import { faultPointers } from '#contract/fault-pointers.ts';
import { documentOf } from './support.ts';

const ref = (name: string) => ({ $ref: `#/components/${name}` });
const form = 'application/x-www-form-urlencoded';

const documented = documentOf({
  openapi: '3.1.0',
  security: [{ other: [] }, { ghost: [] }],
  paths: {
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', schema: { type: 'string', format: 'thing' } }],
      get: {
        operationId: 'getThing',
        'x-access': 'some',
        parameters: [
          ref('parameters/Filter'),
          { name: 'a', in: 'query' },
          { name: 'a', in: 'header' },
          ref('parameters/Nope'),
        ],
        responses: {
          200: ref('responses/Thing'),
          '4xx': { headers: { Link: ref('headers/Link') }, content: { 'text/csv': {} } },
        },
      },
      post: {
        operationId: 'addThing',
        security: [{ ghost: [] }],
        requestBody: ref('requestBodies/Thing'),
        responses: { 201: { content: { 'application/json': { schema: ref('schemas/List') } } } },
      },
    },
  },
  components: {
    parameters: { Filter: { name: 'filter', in: 'query' } },
    headers: { Link: {} },
    responses: { Thing: { content: { 'application/json': { schema: ref('schemas/Thing') } } } },
    requestBodies: {
      Thing: {
        content: {
          'application/json': {
            schema: ref('schemas/Thing'),
            encoding: { size: {} },
            examples: { a: { not: 1 } },
          },
          [form]: { schema: { properties: { size: { type: 'object' } } } },
        },
      },
    },
    schemas: {
      Thing: {
        discriminator: { propertyName: 'kind', mapping: { car: '#/components/schemas/Car' } },
        properties: {
          not: { type: 'string', default: 'none' },
          self: ref('schemas/Thing'),
          size: { type: 'integer', minimum: 'one', default: 'big' },
          rest: { not: {} },
        },
      },
      List: {
        properties: {
          names: { type: 'array', uniqueItems: true, items: { type: 'string' } },
          things: { type: 'array', uniqueItems: true, items: ref('schemas/Thing') },
        },
      },
    },
  },
});
const document = { ...documented, 'x-audit': 'here' };

const item = '/paths/~1things~1{id}';
const body = '/components/requestBodies/Thing/content';
const thing = '/components/schemas/Thing';

describe('the place of', () => {
  const told: [where: string, what: string, pointer: string | undefined][] = [
    ['the document', 'is strange', ''],
    ['/things/{id}', 'is strange', item],
    ['GET /things/{id}', 'is strange', `${item}/get`],
    ['getThing', 'is strange', `${item}/get`],
    ['getThing (4XX)', 'is strange', `${item}/get/responses/4xx`],
    ['getThing (200)', 'is strange', '/components/responses/Thing'],
    ['getThing (500)', 'is strange', `${item}/get`],
    ['schema Thing', 'is strange', thing],
    ['burnThing', 'is strange', undefined],
    ['schema Nope', 'is strange', undefined],
    ['getThing', 'has the parameter filter in query without a schema', '/components/parameters/Filter'],
    ['getThing', 'has the parameter a in header without a schema', `${item}/get/parameters/2`],
    ['getThing', 'has the parameter id in path without a schema', `${item}/parameters/0`],
    ['getThing', 'declares the path parameter id, which is strange', `${item}/parameters/0`],
    ['getThing', 'declares the parameter filter in query more than once', `${item}/get/parameters/0`],
    ['getThing (4XX)', 'has the parameter Link in header without a schema', '/components/headers/Link'],
    ['getThing', 'has the x-access "some": it must be any', `${item}/get/x-access`],
    ['getThing', 'has the x-audit "here": it must be another', '/x-audit'],
    ['getThing', 'names the undeclared security scheme ghost', '/security/1/ghost'],
    ['addThing', 'names the undeclared security scheme ghost', `${item}/post/security/0/ghost`],
    ['getThing', 'documents the status 4XX, which there is not', `${item}/get/responses/4xx`],
    ['getThing', 'answers 4XX as text/csv, which is not supported', `${item}/get/responses/4xx/content/text~1csv`],
    ['getThing', 'answers 200 as application/json without a schema', '/components/responses/Thing/content/application~1json'],
    ['getThing', 'has a $ref that leads nowhere: #/components/parameters/Nope', `${item}/get/parameters/3/$ref`],
    ['getThing', 'has a schema that cannot be compiled: unknown format "thing" ignored', `${item}/parameters/0/schema/format`],
    ['addThing', 'takes a body of no media type', `${item}/post/requestBody`],
    ['addThing', 'takes application/json without a schema', `${body}/application~1json`],
    ['addThing', 'takes application/json with an encoding, which is strange', `${body}/application~1json/encoding`],
    ['addThing', 'takes application/json with an encoding of size that has x', `${body}/application~1json/encoding/size`],
    ['addThing', `takes ${form} and has the parameter size in query with an object`, `${body}/${form.replace('/', '~1')}/schema/properties/size`],
    ['addThing', 'has a schema with not, which is not supported', `${thing}/properties/rest/not`],
    ['addThing', 'has a schema that cannot be compiled: minimum value must be ["number"]', `${thing}/properties/size/minimum`],
    ['addThing', 'has a default that its own schema does not allow: "big"', `${thing}/properties/size/default`],
    ['addThing (201)', 'has a list with uniqueItems of others than scalars, which is too slow', '/components/schemas/List/properties/things/uniqueItems'],
    ['the document', 'has a discriminator that maps car to #/components/schemas/Car, which leads nowhere', `${thing}/discriminator/mapping/car`],
    ['addThing', 'has a schema that cannot be compiled: strict mode: unknown keyword: "nowhere"', `${item}/post`],
  ]; // prettier-ignore

  test.each(told)('%s %s', (where, what, pointer) => {
    expect(faultPointers(document)({ where, what })).toBe(pointer);
  });
});
