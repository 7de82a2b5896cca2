/** `npm run serve-contract` on tiny documents, as a process of its own, over HTTP. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const pets = `
openapi: 3.1.0
info: { title: Pets, version: '1' }
servers: [{ url: 'https://{region}.example.com/api', variables: { region: { default: eu } } }]
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{ name: size, in: query, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: All pets.
          content:
            application/json:
              schema: { type: array, items: { $ref: '#/components/schemas/Pet' } }
              examples:
                one: { value: [{ id: 1, name: Rex }] }
                none: { value: [] }
        '404':
          description: None.
          content: { application/json: { schema: { type: object }, example: { reason: none } } }
    post:
      security: [{ bearer: [write] }]
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
      responses:
        '201':
          description: The pet.
          headers: { X-Count: { required: true, schema: { type: integer, minimum: 3 } } }
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pet' }
              example: { id: one }
  /secret:
    get:
      operationId: readSecret
      security: [{ key: [] }]
      responses: { '204': { description: Nothing. } }
  /certified:
    get:
      operationId: certified
      security: [{ certificate: [] }]
      responses: { '204': { description: Nothing. } }
  /impossible:
    get:
      operationId: impossible
      responses:
        '200': { description: No., content: { application/json: { schema: { type: object, not: {} } } } }
components:
  securitySchemes:
    bearer: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: api_key }
    certificate: { type: mutualTLS }
  schemas:
    Pet:
      type: object
      required: [id, name]
      properties:
        id: { type: integer, readOnly: true }
        name: { type: string, format: pet-name }
        pin: { type: string, writeOnly: true }
`;

const split = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Split', version: '1' },
  paths: { '/things': { $ref: 'things.yaml' } },
});
const things = `
get:
  operationId: listThings
  responses:
    '200': { description: Things., content: { application/json: { schema: { type: integer, nullable: true, example: 7 } } } }
`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accord-serve-test-'));
  await Promise.all([
    writeFile(path.join(folder, 'pets.yaml'), pets),
    writeFile(path.join(folder, 'split.json'), split),
    writeFile(path.join(folder, 'things.yaml'), things),
    writeFile(path.join(folder, 'old.json'), JSON.stringify({ swagger: '2.0', paths: {} })),
    writeFile(
      path.join(folder, 'remote.json'),
      split.replace('things.yaml', 'https://example.com/things.yaml'),
    ),
  ]);
});

afterAll(() => rm(folder, { recursive: true }));

describe('a document in YAML', () => {
  const program = useProgram('pets.yaml');

  test('is served but for what is refused, and each refused operation is named with its reason', async () => {
    const { output } = await program();
    expect(output).toContain('served 4 of 5 operations');
    expect(output).toContain('GET /certified\n      security scheme certificate has no authenticator');
  });

  test('has a name for operations without one, and says what nothing checks', async () => {
    const { output } = await program();
    expect(output).toContain('1 operations have no operationId');
    expect(output).toContain('Formats that nothing checks: pet-name.');
  });

  test('answers below the path of its first server, with its first example', async () => {
    const { url } = await program();
    const reply = await fetch(`${url}/pets?size=1`);
    expect(url).toMatch(/\/api$/);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await reply.json()).toEqual([{ id: 1, name: 'Rex' }]);
  });

  test('answers with another documented status or example where the client prefers it', async () => {
    const { url } = await program();
    const missing = await fetch(`${url}/pets?size=1`, { headers: { Prefer: 'code=404' } });
    const none = await fetch(`${url}/pets?size=1`, { headers: { Prefer: 'example=none' } });
    const unknown = await fetch(`${url}/pets?size=1`, { headers: { Prefer: 'code=418' } });
    expect([missing.status, await missing.json()]).toEqual([404, { reason: 'none' }]);
    expect([none.status, await none.json()]).toEqual([200, []]);
    expect(unknown.status).toBe(400);
  });

  test('refuses a request that does not fit, with a problem', async () => {
    const { url } = await program();
    const reply = await fetch(`${url}/pets`);
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toMatch('application/problem+json');
  });

  test('sends a value made from the schema where the example does not fit it, and tells of that', async () => {
    const { url, output } = await program();
    const reply = await post(`${url}/pets`, { Authorization: 'Bearer any' });
    expect(output).toContain('POST /pets 201: its example does not fit: /');
    expect(reply.status).toBe(201);
    expect(Number(reply.headers.get('x-count'))).toBeGreaterThanOrEqual(3);
    expect(await reply.json()).toEqual({ id: 0, name: 'string' });
  });

  test('lets in any credential of the right kind, and nobody without one', async () => {
    const { url } = await program();
    const statuses = await Promise.all([
      post(`${url}/pets`, {}),
      post(`${url}/pets`, { Authorization: 'Basic dTpw' }),
      fetch(`${url}/secret`),
      fetch(`${url}/secret?api_key=any`),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 204]);
  });

  test('answers 500 where no reply can be made, and says so at the start', async () => {
    const { url, output } = await program();
    const reply = await fetch(`${url}/impossible`);
    expect(output).toMatch(/No valid example, so that it answers 500:\n {2}impossible 200:/);
    expect(reply.status).toBe(500);
  });
});

describe('a document of OpenAPI 3.0 in several files', () => {
  const program = useProgram('split.json');

  test('is put together and served', async () => {
    const { url } = await program();
    const reply = await fetch(`${url}/things`);
    expect(await reply.json()).toBe(7);
  });
});

describe('what cannot be served', () => {
  test.each([
    ['OpenAPI 2.0', 'old.json', 'OpenAPI 2.0, which is not supported'],
    ['a reference to another host', 'remote.json', 'nothing is fetched over the network'],
    ['a file that is not there', 'nothing.yaml', 'cannot be read'],
  ])('%s is refused with a reason', async (_, file, reason) => {
    const { output, code } = await runToEnd([path.join(folder, file)]);
    expect(code).toBe(1);
    expect(output).toContain(reason);
    expect(output).not.toContain('    at ');
  });

  test('with --strict, nothing is served when one operation is refused', async () => {
    const { output, code } = await runToEnd(['--strict', '--port=0', path.join(folder, 'pets.yaml')]);
    expect(code).toBe(1);
    expect(output).toContain('--strict allows no refused operation');
  });
});

describe('--prove', () => {
  test('asks every served operation and prints what came of it', async () => {
    const files = ['pets.yaml', 'split.json'].map((file) => path.join(folder, file));
    const { output, code } = await runToEnd(['--prove', ...files]);
    expect(output).toContain(
      'operations 5, served 4, refused 1; requests 10, as expected 10; no valid example 1',
    );
    expect(output).toContain('2 documents: served 5 of 6 operations; 12 of 12 requests went as expected');
    expect(code).toBe(0);
  });
});

function post(url: string, headers: Record<string, string>): Promise<Response> {
  const body = JSON.stringify({ name: 'Rex', pin: '0000' });
  return fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
}

interface Running {
  readonly url: string;
  /** Everything printed until it listened. */
  readonly output: string;
}

/** Starts the program once for a group of tests. */
function useProgram(file: string): () => Promise<Running> {
  let started: { readonly running: Promise<Running>; stop(): Promise<void> } | undefined;
  afterAll(() => started?.stop());
  return () => (started ??= start(['--port=0', path.join(folder, file)])).running;
}

function start(args: readonly string[]) {
  const child = spawn(process.execPath, ['scripts/serve-contract.ts', ...args]);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const running = new Promise<Running>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /^Serving (\S+) until/m.exec(output)?.[1];
      if (url !== undefined) resolve({ url, output });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => reject(new Error(`It ended before it listened:\n${output}`)));
  });
  return {
    running,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function runToEnd(args: readonly string[]): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, ['scripts/serve-contract.ts', ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output, code };
}
