/** The engine on a contract of any size, with handlers that only answer: no database, no policy. */
import { createContract } from '#contract';
import type { Contract, ReplyValue } from '#contract';
import { manyOperations } from './many-operations.ts';
import type { Workload } from './workloads.ts';

export type RequestName = 'read' | 'readInTurn' | 'page' | 'create' | 'invalid' | 'unknown';

/** What is asked, in the middle of the contract or of all its resources in turn. */
export function requestsFor(operations: number): Readonly<Record<RequestName, Workload>> {
  const resources = operations / 5;
  const middle = `/api/v1/things-${Math.floor(resources / 2)}`;
  const all = Array.from({ length: resources }, (_none, index) => `/api/v1/things-${index}/1`);
  const good = JSON.stringify({ title: 'Lamp', description: 'Brass, with a green shade.' });
  const bad = JSON.stringify({ title: '', description: 7, colour: 'green' });
  const get = (title: string, paths: readonly string[]): Workload => ({
    title,
    method: 'GET',
    paths,
    status: 200,
  });
  const post = { method: 'POST', paths: [middle] } as const;
  return {
    read: get('Read one', [`${middle}/1`]),
    readInTurn: get('Read one, of all resources in turn', all),
    page: get('Page of 20', [`${middle}?page=2&size=20`]),
    create: { ...post, title: 'Create', body: good, status: 201 },
    invalid: { ...post, title: 'Invalid body, three faults', body: bad, status: 422 },
    unknown: { ...get('Unknown route', ['/api/v1/nothing']), status: 404 },
  };
}

/** Any token is as good as another. */
export function tinyContract(operations: number): Promise<Contract> {
  const resources = Array.from({ length: operations / 5 }, (_none, index) => index);
  return createContract<unknown, object>({
    document: manyOperations(operations),
    handlers: Object.fromEntries(resources.map((index) => [`things-${index}`, handlersOf(index)])),
    authenticators: {
      bearer: {
        challenge: 'Bearer',
        authenticate: async ({ headers }) =>
          headers.authorization === undefined
            ? { kind: 'absent' }
            : { kind: 'accepted', principal: {}, scopes: [] },
      },
    },
    tools: () => ({}),
    breaches: 'report',
  });
}

type Reply = (status: number, body?: unknown, headers?: ReplyValue['headers']) => ReplyValue;
type TinyHandler = (request: never, reply: Reply) => Promise<ReplyValue>;

function handlersOf(index: number): Record<string, TinyHandler> {
  const one = async (_request: never, reply: Reply) => reply(200, thing(1), { ETag: '"1"' });
  return {
    [`listThings${index}`]: async (_request, reply) => reply(200, page()),
    [`createThing${index}`]: async (_request, reply) => reply(201, thing(1), { ETag: '"1"' }),
    [`getThing${index}`]: one,
    [`updateThing${index}`]: one,
    [`deleteThing${index}`]: async (_request, reply) => reply(204),
  };
}

function page() {
  const items = Array.from({ length: 20 }, (_none, index) => thing(index + 1));
  return { items, total: 1000, page: 2, size: 20, pages: 50 };
}

function thing(id: number) {
  const now = new Date();
  const description = 'Brass, with a green shade.';
  return { id, owner_id: 1000, title: 'Lamp', description, created_at: now, updated_at: now };
}
