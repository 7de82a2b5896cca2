/** Operations that open a socket: refused at boot when they cannot, admitted like any other, checked in both directions. */
import { expect, test } from '@jest/globals';
import { createContract } from '#contract';
import type { Contract, SocketRequest } from '#contract';
import type { OperationObject } from '#contract/document.ts';
import { Readable } from 'node:stream';
import { anyProblem, documentOf, faultsOf, serve } from './support.ts';
import type { Spec, TinyOptions } from './support.ts';

const closed = { type: 'object', additionalProperties: false, required: ['say'] } as const;
const schemas = {
  Asked: { ...closed, properties: { say: { type: 'string', maxLength: 5 } } },
  Told: { type: 'object', required: ['said'], properties: { said: { type: 'string' } } },
};
const responses: NonNullable<OperationObject['responses']> = {
  101: { headers: {} },
  426: anyProblem,
  default: anyProblem,
};
const talk: OperationObject = {
  operationId: 'talk',
  responses,
  'x-websocket': { client: 'Asked', server: 'Told' },
};

function specOf(operation: OperationObject = talk, rest: Partial<Spec> = {}): Spec {
  return { paths: { '/talk': { get: operation } }, components: { schemas }, ...rest };
}

const noHandlers = { tiny: {} };
const opens = { talk: { open: () => undefined } };

async function bootFaults(spec: Spec, sockets: TinyOptions['sockets'] = opens) {
  const document = documentOf(spec);
  const options = {
    document,
    handlers: noHandlers,
    sockets,
    authenticators: {},
    tools: () => ({}),
    breaches: 'fail',
  } as const;
  return createContract(options).then(
    () => [],
    (error: unknown) => (error instanceof Error && 'faults' in error ? error.faults : error),
  );
}

test('a socket operation boots with a socket handler, and not without', async () => {
  expect(await bootFaults(specOf())).toEqual([]);
  expect(await bootFaults(specOf(), {})).toEqual(['talk (GET /talk) has no socket handler']);
  expect(await bootFaults(specOf(), { ...opens, walk: opens.talk })).toEqual([
    'walk has a socket handler but is no operation that opens a socket',
  ]);
});

test('a socket operation has no handler that answers', async () => {
  expect(await faultsOf(specOf(), { sockets: opens })).toEqual([
    'talk (GET /talk) opens a socket, which no handler can answer',
  ]);
});

test.each<[OperationObject, string]>([
  [{ ...talk, responses: { 101: { headers: {} } } }, 'talk has an x-websocket, but does not document 426'],
  [{ ...talk, responses: { 426: anyProblem } }, 'talk has an x-websocket, but does not document 101'],
  [
    { ...talk, 'x-websocket': { client: 'Nobody', server: 'Told' } },
    'talk has an x-websocket whose client is not the name of a schema under components',
  ],
  [
    { ...talk, 'x-websocket': true },
    'talk has an x-websocket whose server is not the name of a schema under components',
  ],
])('what cannot work is told at boot: %#', async (operation, fault) => {
  expect(await bootFaults(specOf(operation))).toContain(fault);
});

test('a socket is opened by GET', async () => {
  const posted = { paths: { '/talk': { post: talk } }, components: { schemas } };
  expect(await bootFaults(posted)).toEqual(['talk has an x-websocket, but a socket is opened by GET']);
});

test('an operation that opens no socket cannot answer 101, documented or not', async () => {
  const plain = { operationId: 'talk', responses: { 101: { headers: {} }, default: anyProblem } };
  const handlers = { talk: () => ({ status: 101, body: undefined, headers: {} }) };
  await using api = await serve({ paths: { '/talk': { get: plain } } }, { handlers });
  expect((await api.http.get('/talk')).status).toBe(500);
});

interface Tiny {
  readonly contract: Contract;
  readonly requests: SocketRequest<unknown>[];
}

type Changes = Pick<TinyOptions, 'sockets' | 'breaches' | 'onBreach'>;

async function tinyContract(options: Changes = {}): Promise<Tiny> {
  const requests: SocketRequest<unknown>[] = [];
  const open = (_connection: unknown, request: SocketRequest<unknown>) => void requests.push(request);
  const contract = await createContract({
    document: documentOf(specOf()),
    handlers: {},
    sockets: { talk: { open } },
    authenticators: {},
    tools: () => ({}),
    breaches: 'fail',
    ...options,
  });
  return { contract, requests };
}

function handshake(contract: Contract, canUpgrade: boolean) {
  const request = { method: 'GET', path: '/talk', queryString: '', headers: {}, stream: Readable.from([]) };
  return contract.handle({ ...request, id: 'request-1', ip: '127.0.0.1', canUpgrade });
}

test('a handshake is let in by 101, and its connection goes to the handler', async () => {
  const { contract, requests } = await tinyContract();
  const { status, exchange } = await handshake(contract, true);
  expect(status).toBe(101);
  if (exchange) contract.openSocket(exchange, 'a connection');
  expect(requests).toMatchObject([{ id: 'request-1', path: '/talk', ip: '127.0.0.1', principal: undefined }]);
});

test('a plain request is told to upgrade', async () => {
  const { contract } = await tinyContract();
  expect(await handshake(contract, false)).toMatchObject({
    status: 426,
    headers: { Upgrade: 'websocket' },
    problem: { code: 'upgrade_required' },
  });
});

test('whom the handler does not admit gets its problem', async () => {
  const full = new Error('no more chairs');
  const admit = () => Promise.reject(full);
  const { contract } = await tinyContract({ sockets: { talk: { ...opens.talk, admit } } });
  const { status, problem } = await handshake(contract, true);
  expect([status, problem?.cause]).toEqual([500, full]);
});

async function messagesOf(options: Changes = {}) {
  const { contract, requests } = await tinyContract(options);
  const { exchange } = await handshake(contract, true);
  if (exchange) contract.openSocket(exchange, undefined);
  const [request] = requests;
  if (!request) throw new Error('The socket was not opened');
  return request.messages;
}

test('what a client sends is read as the contract has it', async () => {
  const { read } = await messagesOf();
  const readText = (text: string | Buffer) => read(Buffer.from(text));
  expect(readText('{"say":"hello"}')).toEqual({ say: 'hello' });
  expect(() => readText('{"say":')).toThrow(expect.objectContaining({ status: 400 }));
  expect(() => readText(Buffer.from([0x22, 0xff, 0x22]))).toThrow(expect.objectContaining({ status: 400 }));
  const refused = (text: string) => {
    try {
      return readText(text);
    } catch (error) {
      return error;
    }
  };
  expect(refused('{"say":"too long","loud":true}')).toMatchObject({
    status: 422,
    errors: [{ field: 'body.loud' }, { field: 'body.say' }],
  });
  expect(refused('{"say":"a\\u0000"}')).toMatchObject({ status: 422, errors: [{ type: 'text' }] });
  expect(refused('{"say":"\\ud800"}')).toMatchObject({ status: 422, errors: [{ type: 'text' }] });
});

test('what the server sends is projected onto the contract and checked', async () => {
  const { write } = await messagesOf();
  expect(write({ said: 'hi', secret: 'x' })).toBe('{"said":"hi"}');
  expect(() => write({ said: 1 })).toThrow('Something went wrong on our side.');
});

test('a breach is only told where replies are only told of', async () => {
  const breaches: unknown[] = [];
  const { write } = await messagesOf({ breaches: 'report', onBreach: (breach) => breaches.push(breach) });
  expect(write({ said: 1 })).toBe('{"said":1}');
  expect(breaches).toEqual([{ operation: 'talk', status: 101, detail: '/said must be string' }]);
});
