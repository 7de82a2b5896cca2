/** What breaks each house rule of the contract, and the same done right; path items in YAML. */

export interface Case {
  readonly rule: string;
  /** What the report tells the author to do. */
  readonly advice: string;
  readonly wrong: string;
  readonly right: string;
}

const closed = 'type: object, additionalProperties: false';
const thing = '{ type: object, properties: { id: {} } }';
const gone = '{ title: Gone, status: 410, meaning: It was here., remedy: Forget it., retry: never }';
const idempotent = `{ post: { x-idempotent: true, parameters: [{ name: Idempotency-Key, in: header }],
      responses: { 201: { headers: { Idempotency-Replayed: {} } }, 409: ${example('idempotency_key_in_use')},
      422: ${example('idempotency_key_reused')} } } }`;
const noContent = '{ get: { responses: { 204: { description: Done';

export const cases: readonly Case[] = [
  {
    rule: 'access-stated',
    advice: 'Say who may call this',
    wrong: '{ get: { x-access: self } }',
    right: '{ get: { x-access: self, security: [{ oauth2: [user] }] } }',
  },
  {
    rule: 'access-stated',
    advice: 'Add `x-access`',
    wrong: '{ get: { security: [{ oauth2: [user] }] } }',
    right: '{ get: { security: [] } }',
  },
  {
    rule: 'access-stated',
    advice: 'Drop `x-access`',
    wrong: '{ get: { security: [], x-access: any } }',
    right: '{ get: { security: [{ oauth2: [superuser] }], x-access: any } }',
  },
  {
    rule: 'array-max-items',
    advice: 'Add `maxItems`',
    wrong: query('type: array'),
    right: query('type: array, maxItems: 100'),
  },
  {
    rule: 'camel-case-operation-ids',
    advice: 'such as `createItem`',
    wrong: '{ get: { operationId: create_item } }',
    right: '{ get: { operationId: createItem } }',
  },
  {
    rule: 'closed-requests',
    advice: 'Add `additionalProperties: false`',
    wrong: body('type: object'),
    right: body(closed),
  },
  {
    rule: 'closed-requests',
    advice: 'Add `additionalProperties: false`',
    wrong: body(`${closed}, properties: { lamps: { type: array, items: { type: object } } }`),
    right: body(`${closed}, properties: { lamps: { type: array, items: { ${closed} } } }`),
  },
  {
    rule: 'closed-requests',
    advice: 'Write the properties out',
    wrong: body("allOf: [{ $ref: '#/components/schemas/Thing' }]"),
    right: body('type: string, allOf: [{ pattern: a }]'),
  },
  {
    rule: 'conditional-get',
    advice: 'Document the header `ETag`',
    wrong: `{ get: { responses: { 200: ${reply(thing)} } } }`,
    right: `{ get: { responses: { 200: ${reply(thing, 'ETag')}, 304: { description: Same } },
      parameters: [{ name: If-None-Match, in: header }] } }`,
  },
  {
    rule: 'conditional-get',
    advice: 'Document 304',
    wrong: `{ get: { responses: { 200: ${reply("{ $ref: '#/components/schemas/Thing' }", 'ETag')} } } }`,
    right: `{ get: { responses: { 200: ${reply('{ type: object }')} } } }`,
  },
  {
    rule: 'idempotency',
    advice: 'Take the shared parameter `IdempotencyKey`',
    wrong: '{ post: { x-idempotent: true } }',
    right: '{ post: { requestBody: {} } }',
  },
  {
    rule: 'idempotency',
    advice: 'Document the header `Idempotency-Replayed` of the 201',
    wrong: '{ post: { x-idempotent: true, responses: { 201: { description: Made } } } }',
    right: idempotent,
  },
  {
    rule: 'idempotency',
    advice: 'Document 409 with an example of the code `idempotency_key_in_use`',
    wrong: `{ post: { x-idempotent: true, responses: { 409: ${example('conflict')} } } }`,
    right: idempotent,
  },
  {
    rule: 'idempotency',
    advice: 'Document 422 with an example of the code `idempotency_key_reused`',
    wrong: '{ post: { x-idempotent: true, responses: { 201: { headers: { Idempotency-Replayed: {} } } } } }',
    right: idempotent,
  },
  {
    rule: 'known-extensions',
    advice: '`x-audit` takes the name of an event in snake_case: user.changed',
    wrong: '{ get: { x-audit: userChanged } }',
    right: '{ get: { x-audit: user.password_changed } }',
  },
  {
    rule: 'known-extensions',
    advice: '`x-acess` means nothing here',
    wrong: '{ get: { x-acess: any } }',
    right: '{ get: { x-access: any } }',
  },
  {
    rule: 'known-extensions',
    advice: '`x-pii` takes true',
    wrong: query(
      "type: object, properties: { a: { $ref: '#/components/schemas/Thing', x-pii: yes please } }",
    ),
    right: query("type: object, properties: { a: { $ref: '#/components/schemas/Thing', x-pii: true } }"),
  },
  {
    rule: 'linear-patterns',
    advice: 'with choices in it',
    wrong: pattern('^(a+)+$'),
    right: pattern('^a+$'),
  },
  {
    rule: 'linear-patterns',
    advice: 'with choices in it',
    wrong: pattern('^(a|a)*$'),
    right: pattern('^[ab]*$'),
  },
  {
    rule: 'linear-patterns',
    advice: 'with choices in it',
    wrong: pattern('^((?:a|b)c){9}$'),
    right: pattern('^(?:ac){9}(?:-a{1,9})?$'),
  },
  { rule: 'linear-patterns', advice: 'refers back', wrong: pattern('(a)\\1'), right: pattern('\\d') },
  { rule: 'linear-patterns', advice: 'looks around', wrong: pattern('(?!a)b'), right: pattern('(?:a)?b') },
  {
    rule: 'linear-patterns',
    advice: 'several unbounded',
    wrong: pattern('^a*a*$'),
    right: pattern('^a*a{1,9}$'),
  },
  { rule: 'linear-patterns', advice: 'start anywhere', wrong: pattern('a+$'), right: pattern('[+*]$') },
  {
    rule: 'linear-patterns',
    advice: 'ways to match',
    wrong: pattern('^a{1,50}a{1,50}$'),
    right: pattern('^a{1,50}$'),
  },
  {
    rule: 'named-examples',
    advice: 'Add a named, realistic example',
    wrong: `{ get: { responses: { 200: ${reply(thing)} } } }`,
    right:
      '{ post: { requestBody: { content: { text/plain: { examples: { hello: { value: Hello } } } } } } }',
  },
  {
    rule: 'number-bounds',
    advice: 'Add `maximum`',
    wrong: query('type: [integer, "null"], minimum: 0'),
    right: query('type: [integer, "null"], minimum: 0, maximum: 9'),
  },
  {
    rule: 'pages',
    advice: 'Add `total` to the page',
    wrong: `{ get: { responses: { 200: ${reply('{ properties: { items: {}, page: {}, size: {}, pages: {} } }')} } } }`,
    right: `{ get: { responses: { 200: ${reply('{ properties: { items: {} } }')} } } }`,
  },
  {
    rule: 'pages',
    advice: 'Add the header `Link`',
    wrong: `{ get: { responses: { 200: ${reply("{ $ref: '#/components/schemas/Page' }")} } } }`,
    right: `{ get: { responses: { 200: ${reply("{ $ref: '#/components/schemas/Page' }", 'Link')} } } }`,
  },
  {
    rule: 'problem-errors',
    advice: 'Move 404 to the shared responses',
    wrong: '{ get: { responses: { 404: { description: Missing } } } }',
    right: "{ get: { responses: { 404: { $ref: '#/components/responses/NotFound' } } } }",
  },
  {
    rule: 'problem-errors',
    advice: 'Answer an error with `application/problem+json`',
    wrong: `{ get: { responses: { 404: ${reply(thing)} } } }`,
    right: `{ get: { responses: { 200: ${reply(thing)} } } }`,
  },
  {
    rule: 'problem-pages',
    advice: 'Explain `gone`',
    wrong: problem('code: { enum: [gone] }'),
    right: problem(`code: { enum: [gone], x-problems: { gone: ${gone} } }`),
  },
  {
    rule: 'problem-pages',
    advice: 'Drop `lost`',
    wrong: problem(`code: { enum: [gone], x-problems: { gone: ${gone}, lost: ${gone} } }`),
    right: problem('status: {}'),
  },
  {
    rule: 'problem-pages',
    advice: 'Tell its `retry`: never, always, idempotent',
    wrong: problem('code: { enum: [gone], x-problems: { gone: { retry: perhaps } } }'),
    right: problem(`code: { enum: [gone], x-problems: { gone: ${gone} } }`),
  },
  {
    rule: 'problem-pages',
    advice: '`help` means nothing here',
    wrong: problem(`code: { enum: [gone], x-problems: { gone: { help: No, ${gone.slice(2)} } }`),
    right: problem(`code: { enum: [gone], x-problems: { gone: ${gone} } }`),
  },
  {
    rule: 'problem-pages',
    advice: 'Give it the `type`, `title` and `status`',
    wrong: problem(`code: { enum: [gone], x-problems: { gone: ${gone} } }`, 'Lost'),
    right: problem(`code: { enum: [gone], x-problems: { gone: ${gone} } }`, 'Gone'),
  },
  {
    rule: 'success-stated',
    advice: 'Document a 2XX',
    wrong: '{ get: { responses: { 101: {} } } }',
    right: '{ get: { responses: { 204: {} } } }',
  },
  {
    rule: 'success-stated',
    advice: 'Document 101',
    wrong: '{ get: { x-websocket: { client: A, server: B }, responses: { 204: {} } } }',
    right: '{ get: { x-websocket: { client: A, server: B }, responses: { 101: {} } } }',
  },
  {
    rule: 'known-extensions',
    advice: '`x-websocket` takes { client, server }',
    wrong: '{ get: { x-websocket: true } }',
    right: '{ get: { x-websocket: { client: A, server: B } } }',
  },
  {
    rule: 'required-statuses',
    advice: 'Document 304, 401, 403, 404, 406, 408, 412, 413, 415, 422, 429, 500, 503',
    wrong: `{ put: { requestBody: {}, responses: { 400: {} }, parameters: [{ name: thing_id, in: path },
      { name: If-Match, in: header }, { name: If-None-Match, in: header }] } }`,
    right: '{ get: { security: [], responses: { 400: {}, 406: {}, 422: {}, 429: {}, 500: {}, 503: {} } } }',
  },
  {
    rule: 'response-headers',
    advice: 'Document the header `RateLimit`, `RateLimit-Policy`, `X-Request-ID`.',
    wrong: `${noContent} } } } }`,
    right: `${noContent}, headers: { RateLimit: {}, RateLimit-Policy: {}, X-Request-ID: {} } } } } }`,
  },
  {
    rule: 'response-headers',
    advice: 'Document the header `Location`, `ETag`.',
    wrong:
      '{ post: { responses: { 201: { headers: { RateLimit: {}, RateLimit-Policy: {}, X-Request-ID: {} } } } } }',
    right:
      '{ post: { responses: { 201: { headers: { RateLimit: {}, RateLimit-Policy: {}, X-Request-ID: {}, ETag: {}, Location: {} } } } } }',
  },
  {
    rule: 'snake-case-names',
    advice: 'Name the property `fullName` in snake_case',
    wrong: body('properties: { fullName: {} }'),
    right: body('properties: { full_name: {} }'),
  },
  {
    rule: 'snake-case-names',
    advice: 'Name the parameter `ownerId` in snake_case',
    wrong: '{ get: { parameters: [{ name: ownerId, in: query }] } }',
    right: '{ get: { parameters: [{ name: owner_id, in: query }, { name: If-Match, in: header }] } }',
  },
  {
    rule: 'string-max-length',
    advice: 'Add `maxLength`',
    wrong: query('type: string'),
    right: query('type: string, enum: [a, b]'),
  },
  {
    rule: 'tag-is-file',
    advice: 'Write `tags: [things]`',
    wrong: '{ get: { tags: [lamps] } }',
    right: '{ get: { tags: [things] } }',
  },
];

function query(schema: string): string {
  return `{ get: { parameters: [{ name: a, in: query, schema: { ${schema} } }] } }`;
}

function pattern(text: string): string {
  return query(`type: string, maxLength: 99, pattern: '${text}'`);
}

function body(schema: string): string {
  return `{ post: { requestBody: { content: { application/json: { schema: { ${schema} } } } } } }`;
}

function problem(properties: string, title = 'Gone'): string {
  const example = `{ value: { type: /problems/gone, title: ${title}, status: 410, code: gone } }`;
  const content = `{ schema: { properties: { ${properties} } }, examples: { gone: ${example} } }`;
  return `{ get: { responses: { 410: { content: { application/problem+json: ${content} } } } } }`;
}

function example(code: string): string {
  return `{ content: { application/problem+json: { examples: { one: { value: { code: ${code} } } } } } }`;
}

function reply(schema: string, header = 'X-Request-ID'): string {
  return `{ headers: { ${header}: {} }, content: { application/json: { schema: ${schema} } } }`;
}
