/** Every example of a problem in the contract, and a request that really has it. */
import { asNode, prefix } from '../support/contract-check/document.ts';
import type { Node } from '../support/contract-check/document.ts';
import type { SweepRequest } from './client.ts';
import { operations } from './operations.ts';
import { formWith } from './samples.ts';
import type { Cast } from './story.ts';

export interface ProblemExample {
  readonly name: string;
  /** Of the response under which it stands. */
  readonly status: number;
  readonly value: Node;
}

/** Once each, however many operations share them. */
export const problemExamples: readonly ProblemExample[] = [
  ...new Map(
    operations.flatMap(({ replies }) =>
      replies
        .filter(({ status }) => status >= 400)
        .flatMap(({ status, contents }) =>
          contents.flatMap(({ examples }) =>
            examples.map(
              ({ name, value }) => [JSON.stringify(value), { name, status, value: asNode(value) }] as const,
            ),
          ),
        ),
    ),
  ).values(),
];

export type ServerState =
  | 'database fails'
  | 'database is away'
  | 'hashing is busy'
  | 'limit is reached'
  | 'key is in use'
  | 'key was used'
  | 'quota is used up'
  | 'disk is full'
  | 'sources fail'
  | 'sources are silent'
  | 'sources are away'
  | 'there are no sources';

export interface ProblemRequest {
  readonly as?: keyof Cast;
  readonly method: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly opensSocket?: boolean;
  /** A state of the server in which it cannot do what it is asked. */
  readonly while?: ServerState;
}

const withKey = {
  as: 'ada',
  method: 'POST',
  headers: { 'Idempotency-Key': 'a key of Ada' },
  body: { title: 'Oak chair' },
} as const;

const anUpload = { as: 'ada', method: 'POST', ...formWith({ files: ['a file'] }) } as const;

/** By the name of the example; its path is the example's `instance`. What is not found needs no entry. */
export const problemRequests: Readonly<Record<string, ProblemRequest>> = {
  bad_request: { as: 'ada', method: 'POST', body: '{"title": "Brass desk lamp' },
  unauthorized: { method: 'GET', headers: { Authorization: 'Bearer expired' } },
  forbidden: { as: 'bob', method: 'GET' },
  not_acceptable: { as: 'ada', method: 'GET', headers: { Accept: 'application/xml' } },
  precondition_failed: {
    as: 'ada',
    method: 'PATCH',
    headers: { 'If-Match': '"0"' },
    body: { title: 'Lamp' },
  },
  content_too_large: { as: 'ada', method: 'POST', body: { title: 'x'.repeat(1_048_576) } },
  unsupported_media_type: {
    as: 'ada',
    method: 'POST',
    headers: { 'Content-Type': 'text/xml' },
    body: '<item/>',
  },
  task_ended: { as: 'ada', method: 'POST' },
  job_not_found: { as: 'grace', method: 'POST' },
  invalid_body: { as: 'ada', method: 'POST', body: { colour: 'brass' } },
  invalid_parameters: { as: 'ada', method: 'GET', query: '?size=1000&colour=brass' },
  rate_limited: { as: 'ada', method: 'GET', while: 'limit is reached' },
  idempotency_key_in_use: { ...withKey, while: 'key is in use' },
  idempotency_key_reused: { ...withKey, while: 'key was used' },
  internal_error: { as: 'ada', method: 'POST', body: { title: 'Oak chair' }, while: 'database fails' },
  database_unavailable: { as: 'ada', method: 'GET', while: 'database is away' },
  overloaded: { method: 'POST', body: { email: 'ada@example.com', password: 'x' }, while: 'hashing is busy' },
  sources_failed: { as: 'ada', method: 'GET', while: 'sources fail' },
  sources_timed_out: { as: 'ada', method: 'GET', while: 'sources are silent' },
  sources_unavailable: { as: 'ada', method: 'GET', while: 'sources are away' },
  no_sources: { as: 'ada', method: 'GET', while: 'there are no sources' },
  login_refused: { method: 'POST', body: { email: 'ada@example.com', password: 'wrong' } },
  refresh_refused: { method: 'POST', body: { refresh_token: 'spent' } },
  email_taken: { method: 'POST', body: { email: 'ada@example.com', password: 'Analytical-Engine-1843' } },
  ticket_refused: { method: 'GET', query: '?ticket=used', opensSocket: true },
  foreign_origin: { method: 'GET', headers: { Origin: 'https://elsewhere.example.com' }, opensSocket: true },
  upgrade_required: { method: 'GET' },
  last_superuser: { as: 'grace', method: 'DELETE' },
  wrong_password: {
    as: 'ada',
    method: 'PUT',
    body: { current_password: 'wrong', new_password: 'Difference-Engine-1822' },
  },
  range_not_satisfiable: { as: 'ada', method: 'GET', headers: { Range: 'bytes=22-' } },
  quota_exceeded: { ...anUpload, while: 'quota is used up' },
  insufficient_storage: { ...anUpload, while: 'disk is full' },
  weak_password: { method: 'POST', body: { email: 'carol@example.com', password: 'no-capital-no-digit' } },
};

/** By somebody who sees everything. */
const lookedFor: ProblemRequest = { as: 'grace', method: 'GET' };

/** Examples whose words are compared elsewhere, or nowhere, and why. */
export const notRequested: Readonly<Record<string, string>> = {
  request_timeout: 'It takes ten seconds: generic-statuses.test.ts compares it while it waits anyway.',
};

/** The request of an example, as it is sent by its people. */
export function problemRequest(example: ProblemExample, cast: Cast): SweepRequest {
  const { as, method, query = '', headers = {}, body, opensSocket = false } = requestOf(example);
  const { value } = example;
  return {
    method,
    opensSocket,
    path: String(value['instance']).slice(prefix.length) + query,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(as && { Authorization: `Bearer ${cast[as]}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function requestOf({ name, status }: ProblemExample): ProblemRequest {
  const request = problemRequests[name] ?? (status === 404 ? lookedFor : undefined);
  if (!request) throw new Error(`Nobody knows how to get the problem ${name} (problems.ts)`);
  return request;
}

/** A problem as it is told, but for the name of its request. */
export function told(problem: Node): Node {
  return { ...problem, request_id: '…' };
}
