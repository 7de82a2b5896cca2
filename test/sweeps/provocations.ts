/** How to get each status of the contract out of an operation: mostly one way for all, else by its name. */
import { verdictFor } from './callers.ts';
import type { SweepRequest } from './client.ts';
import type { Operation } from './operations.ts';
import { idsOfNobody, sampleRequest } from './samples.ts';
import type { Choice } from './samples.ts';
import type { Cast } from './story.ts';

/** Undefined where this way does not lead to the status. */
type Provocation = (operation: Operation, cast: Cast) => SweepRequest | undefined;

/** One way for all operations. */
const general: Readonly<Record<number, Provocation>> = {
  304: (operation, cast) => welcome(operation, cast, { parameters: { 'If-None-Match': '"1"' } }),
  400: (operation, cast) => withQuery(welcome(operation, cast), 'q=%FF'),
  401: (operation, cast) =>
    operation.security.length > 0 ? welcome(operation, cast, { token: 'x' }) : undefined,
  403: (operation, cast) =>
    verdictFor(operation, 'other') === 403 ? welcome(operation, cast, { token: cast.bob }) : undefined,
  // By a superuser, to whom nothing is forbidden.
  404: (operation, cast) =>
    welcome(operation, cast, { parameters: idsOfNobody(operation), token: cast.grace }),
  406: (operation, cast) => withHeader(welcome(operation, cast), 'Accept', 'application/xml'),
  408: (operation, cast) => ({ ...welcome(operation, cast), announcedBytes: 2 }),
  412: (operation, cast) => welcome(operation, cast, { parameters: { 'If-Match': '"0"' } }),
  413: (operation, cast) => ({ ...welcome(operation, cast), announcedBytes: operation.maxBody + 1 }),
  415: (operation, cast) => withHeader(welcome(operation, cast), 'Content-Type', 'text/xml'),
  426: (operation, cast) => ({ ...welcome(operation, cast), opensSocket: false }),
  422: (operation, cast) => withQuery(welcome(operation, cast), 'not_in_the_contract=1'),
};

/** By operation and status, where it takes a story of its own. */
const particular: Readonly<Record<string, Provocation>> = {
  'login 401': (operation, cast) =>
    welcome(operation, cast, json({ email: 'ada@example.com', password: 'wrong' })),
  'refreshToken 401': (operation, cast) => welcome(operation, cast, json({ refresh_token: 'unknown' })),
  'changePassword 403': (operation, cast) =>
    welcome(operation, cast, json({ current_password: 'wrong', new_password: 'Difference-Engine-1822' })),
  'openSocket 403': (operation, cast) =>
    withHeader(welcome(operation, cast), 'Origin', 'https://elsewhere.example.com'),
  'listItems 403': (operation, cast) => welcome(operation, cast, { parameters: { owner_id: 1 } }),
  'downloadFile 304': (operation, cast) => welcome(operation, cast, { parameters: { 'If-None-Match': '*' } }),
  'downloadFile 416': (operation, cast) => welcome(operation, cast, { parameters: { Range: 'bytes=22-' } }),
  'startTask 404': (operation, cast) =>
    welcome(operation, cast, json({ kind: 'import_items', file_id: '0d4b8e1f-7a2c-4f93-b6d5-1c8e3a9f7b20' })),
  // The export is done.
  'cancelTask 409': (operation, cast) =>
    welcome(operation, cast, { parameters: { task_id: '9b2e4c70-1d3f-4a6b-8c95-2f7a0e6d1b38' } }),
  // Ada has an account already.
  'createUser 409': (operation, cast) => welcome(operation, cast),
  // Grace is the only superuser.
  'deleteCurrentUser 409': (operation, cast) => welcome(operation, cast, { token: cast.grace }),
  'deleteUser 409': (operation, cast) => welcome(operation, cast, { parameters: { user_id: 1 } }),
  'updateUser 409': (operation, cast) => welcome(operation, cast, { parameters: { user_id: 1 } }),
};

/** A request that gets this status; undefined when nobody knows how. */
export function provoke(operation: Operation, status: number, cast: Cast): SweepRequest | undefined {
  const provocation = particular[`${operation.id} ${status}`] ?? general[status];
  return provocation?.(operation, cast);
}

/** Entries of the table that no operation needs. */
export function uselessProvocations(operations: readonly Operation[]): string[] {
  const documented = operations.flatMap(({ id, replies }) => replies.map(({ status }) => `${id} ${status}`));
  return Object.keys(particular).filter((name) => !documented.includes(name));
}

/** The sample request, sent by whoever may send it. */
export function welcome(operation: Operation, { ada, grace }: Cast, choice: Choice = {}): SweepRequest {
  const token = verdictFor(operation, 'owner') === 'success' ? ada : grace;
  return sampleRequest(operation, { ...(operation.security.length > 0 && { token }), ...choice });
}

function json(value: unknown): Choice {
  return { body: { mediaType: 'application/json', example: { name: 'provocation', value } } };
}

function withQuery(request: SweepRequest, query: string): SweepRequest {
  return { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${query}` };
}

function withHeader(request: SweepRequest, name: string, value: string): SweepRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
