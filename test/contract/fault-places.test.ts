/**
 * Every fault with the line of the YAML that it is in: a tiny contract of three files, bundled as ours is. In its
 * text, `#!` and a fault stand behind the line that it is to be told of.
 */
import { inspect } from 'node:util';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ContractError, createContract, faultReport, parseContract } from '#contract';
import { readYamlPlaces } from '#platform/yaml-places.ts';
import { accessPolicy } from '#policies/access.ts';
import { deprecationPolicy } from '#policies/deprecation.ts';
import { rateLimitPolicy } from '#policies/rate-limits.ts';
import { createMemoryLimiter } from '#platform/limiter.ts';
import { systemClock } from '#platform/clock.ts';
import { runRedocly } from '../../scripts/redocly/run.ts';
import type { YamlPlaceOf } from '#platform/yaml-places.ts';
import type { ContractDocument } from '#contract';

const files = {
  'openapi.yaml': `
openapi: 3.1.0
info: { title: Tiny, version: '1' }
servers:
  - description: Ours
    url: /{tenant}/api #! the document  has a server with a variable without a default (/{tenant}/api)
security:
  - anybody: []
  - ghost: [] #! listThings (and 1 more)  names the undeclared security scheme ghost
x-rate-limit: often #! listThings (and 5 more)  has an x-rate-limit that is no list of { by, limit, window_seconds }
paths:
  /things: { $ref: 'things.yaml#/paths/things' }
  /things/{thing_id}: { $ref: 'things.yaml#/paths/thing' }
  /things/{id}: { $ref: 'things.yaml#/paths/others' } #! /things/{id}  answers the same paths as /things/{thing_id}
components:
  securitySchemes:
    anybody: { type: http, scheme: bearer } #! security scheme anybody  has no authenticator
`,
  'things.yaml': `
paths:
  things:
    get: #! listThings  (GET /things) has no handler #! listThing  has a handler but is not in the contract: did you mean listThings?
      operationId: listThings
      x-access: self
      parameters:
        - $ref: 'shared.yaml#/parameters/Filter'
        - { name: q, in: query, schema: { type: string } }
        - { name: q, in: query, schema: { type: integer } } #! listThings  declares the parameter q in query more than once
        - name: sort #! listThings  has the parameter sort in query without a schema
          in: query
      responses:
        '200': { description: All, content: { application/json: { schema: { $ref: '#/schemas/Thing' } } } }
        '99': { description: None } #! listThings  documents the status 99, which there is not
    post: #! addThing  (POST /things) has 2 handlers
      operationId: addThing
      security: []
      x-access: nobody #! addThing  has x-access, but no security
      x-max-body: 1 MiB #! addThing  has an x-max-body that is not a number of bytes: "1 MiB"
      requestBody:
        content:
          application/json: #! addThing  takes application/json without a schema
            example: {}
      responses:
        '201': { $ref: 'shared.yaml#/responses/Created' }
        '204':
          description: Nothing
    put:
      operationId: putThings
      x-deprecated-since: soon #! putThings  has an x-deprecated-since or x-sunset that is no day such as 2026-11-30
      security: []
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                title: { type: string, format: email }
                colour:
                  type: string
                  format: colour #! putThings  has a schema that cannot be compiled: unknown format "colour" ignored in schema at path "#/properties/colour"
      responses:
        '201': { $ref: 'shared.yaml#/responses/Created' }
    gett: {} #! /things  has the field gett, which is not supported
    patch: #! PATCH /things  has no operationId
      responses: {}
    options:
      operationId: askThings
      servers: [] #! OPTIONS /things  has servers of its own, which is not supported
      security: []
      responses: {} #! askThings  documents no response
  thing:
    parameters:
      - { name: other_id, in: path, required: true, schema: {} } #! getThing  declares the path parameter other_id, which /things/{thing_id} does not have
    get: #! getThing  does not declare the path parameter thing_id
      operationId: getThing
      x-access: some #! getThing  has the x-access "some": it must be any, self or owner
      responses: { '200': { $ref: 'shared.yaml#/responses/Created' } }
    head:
      x-access: any
      operationId: getThing #! getThing  is the operationId of more than one operation
      responses: { '200': { $ref: 'shared.yaml#/responses/Created' } }
  others:
    get: #! constructor  (GET /things/{id}) has no handler
      operationId: constructor #! constructor  cannot be an operationId: every JavaScript object has it
      security: []
      parameters: [{ name: id, in: path, required: true, schema: {} }]
      responses: { '200': { $ref: 'shared.yaml#/responses/Created' } }
schemas:
  Thing:
    type: object
    properties:
      name: { type: string, maxLength: '3' } #! listThings (200)  has a schema that cannot be compiled: maxLength value must be ["number"]
    x-note: { maxLength: nothing }
`,
  'shared.yaml': `
parameters:
  Filter: #! listThings  has the parameter filter in query without a schema
    name: filter
    in: query
    description: What to find
responses:
  Created:
    description: The thing
    headers:
      Link: #! putThings (201) (and 3 more)  has the parameter Link in header without a schema
        description: The next page
    content:
      application/json:
        schema:
          $ref: '#/schemas/Thing'
schemas:
  Thing: # The bundler has to rename one of the two.
    type: object
    properties:
      title: { type: string, minLength: '3' } #! putThings (201) (and 3 more)  has a schema that cannot be compiled: minLength value must be ["number"]
`,
};

describe('a contract of three files', () => {
  let root = '';
  let document: ContractDocument;
  let placeOf: YamlPlaceOf | undefined;

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'accord-places-test-'));
    await mkdir(path.join(root, 'openapi'));
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(root, 'openapi', file), text);
    await runRedocly(root, ['bundle', 'openapi/openapi.yaml', '--output', 'bundle.json', '--force']);
    document = parseContract(await readFile(path.join(root, 'bundle.json'), 'utf8'));
    placeOf = await readYamlPlaces(root, document);
  });
  afterAll(() => rm(root, { recursive: true }));

  test('is refused with every fault at its line, sorted, once', async () => {
    const error = await refusal(document);
    const [, ...lines] = faultReport(error.details, (pointer) => placeOf?.(pointer)).split('\n');
    const inFiles = lines.filter((line) => line.startsWith('  openapi/'));
    expect(inFiles.map((line) => line.trim().replace(/:\d+ {2}/, '  '))).toEqual(expectedLines());
  });

  test('is told like this: places first, then the code, then how many there are', async () => {
    const { details } = await refusal(document);
    const few = details.filter(({ where }) => ['putThings', 'burn'].includes(where));
    expect(faultReport(few, (pointer) => placeOf?.(pointer))).toBe(
      [
        'The contract cannot be served:',
        `  ${placed('x-rate-limit: often')}:1  putThings  has an x-rate-limit that is no list of { by, limit, window_seconds }`,
        `  ${placed('x-deprecated-since: soon')}:7  putThings  has an x-deprecated-since or x-sunset that is no day such as 2026-11-30`,
        `  ${placed('format: colour')}:19  putThings  has a schema that cannot be compiled: unknown format "colour" ignored in schema at path "#/properties/colour"`,
        '  burn  has a handler but is not in the contract',
        '4 faults in 2 files.',
      ].join('\n'),
    );
  });

  test('names the operation that a handler was meant for, at its place', async () => {
    const error = await refusal(document);
    const fault = 'listThing has a handler but is not in the contract: did you mean listThings?';
    expect(error.faults).toContain(fault);
    const { pointer = '' } = error.details.find(({ where }) => where === 'listThing') ?? {};
    expect(placeOf?.(pointer)).toMatchObject({ file: 'openapi/things.yaml', line: 4 });
  });

  test('is not logged as a whole with its error', async () => {
    const error = await refusal(document);
    expect(inspect(error, { depth: 9 })).not.toContain('Ours');
    expect(JSON.stringify(error)).not.toContain('Ours');
  });

  test('has the place of the nearest node above, where the YAML has changed since it was bundled', () => {
    const gone = '/paths/~1things/post/responses/201/content/application~1json/schema/properties/gone';
    expect(placeOf?.(gone)).toMatchObject({ file: 'openapi/shared.yaml', line: 20 });
  });

  test('has no places where its YAML is not there', async () => {
    expect(await readYamlPlaces(path.join(root, 'openapi'), document)).toBeUndefined();
  });
});

async function refusal(document: ContractDocument): Promise<ContractError> {
  const reply = () => ({ status: 204, body: undefined, headers: {} });
  const handlers = { addThing: reply, putThings: reply, askThings: reply, getThing: reply, listThing: reply };
  const boot = createContract<{ user: { id: number } }, object>({
    document,
    handlers: { all: handlers, more: { addThing: reply, burn: reply } },
    authenticators: {},
    tools: () => ({}),
    hooks: [
      accessPolicy(),
      deprecationPolicy(),
      rateLimitPolicy({ limiter: createMemoryLimiter({ clock: systemClock }) }),
    ],
    breaches: 'fail',
  });
  const error = await boot.catch((failure: unknown) => failure);
  if (error instanceof ContractError) return error;
  throw error;
}

/** `openapi/things.yaml:4  listThings  …` of every `#!`, as a report sorts them. */
function expectedLines(): string[] {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => {
      const [, ...faults] = line.split(/ ?#! /);
      return faults.map((fault) => `openapi/${file}:${index + 1}  ${fault}`);
    }),
  );
}

function placed(text: string): string {
  const [file, content] = Object.entries(files).find(([, each]) => each.includes(text)) ?? ['', ''];
  return `openapi/${file}:${content.slice(0, content.indexOf(text)).split('\n').length}`;
}
