/** The one renderer of every failure, and the check that the contract knows it. */
import { Problem, internalError, problemBody } from './problem.ts';
import { isSendable } from './reply-headers.ts';
import { bodyFaults } from './reply-json.ts';
import { covers } from './reply-media.ts';
import type { ContractOptions } from './engine.ts';
import type { PlainReply, PlainRequest } from './exchange.ts';
import type { Operation } from './operation.ts';
import type { ProblemBody } from './problem.ts';

const mediaType = 'application/problem+json';
const problemType = { type: 'application', subtype: 'problem+json', parameters: new Map<string, string>() };

type Options<Principal, Tools extends object> = Pick<
  ContractOptions<Principal, Tools>,
  'toProblem' | 'onBreach' | 'breaches'
>;

/** The request that failed, and its operation where one was found. */
interface Failed {
  readonly request: PlainRequest;
  readonly operation: Operation | undefined;
}

/** A reply and the problem that it tells of; none where the failure is no failure after all. */
export interface FailedReply extends PlainReply {
  readonly problem: Problem | undefined;
}

/** The reply to an error of any kind. Never throws: what fails in here becomes a plain 500. */
export function failedReply<Principal, Tools extends object>(
  error: unknown,
  { request, operation }: Failed,
  options: Options<Principal, Tools>,
): FailedReply {
  try {
    const problem = documented(problemOf(error, options), { request, operation }, options);
    const isAnswered =
      operation === undefined && request.method === 'OPTIONS' && problem.code === 'method_not_allowed';
    return isAnswered ? allowedMethods(problem) : rendered(problem, request);
  } catch (failure) {
    return rendered(internalError(failure), request);
  }
}

function rendered(problem: Problem, request: PlainRequest): FailedReply {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(problem.headers)) {
    if (isSendable(value)) headers[name] = value;
  }
  headers['Content-Type'] = `${mediaType}; charset=utf-8`;
  headers['Cache-Control'] = 'no-store';
  return { status: problem.status, headers, body: JSON.stringify(problemBody(problem, request)), problem };
}

/** OPTIONS is answered everywhere: with the methods of the path. */
function allowedMethods({ headers }: Problem): FailedReply {
  return { status: 204, headers: { ...headers }, body: undefined, problem: undefined };
}

function problemOf<Principal, Tools extends object>(
  error: unknown,
  { toProblem }: Options<Principal, Tools>,
): Problem {
  const problem = error instanceof Problem ? error : (toProblem?.(error) ?? internalError(error));
  const isFailure = Number.isInteger(problem.status) && problem.status >= 400 && problem.status <= 599;
  return isFailure ? problem : internalError(problem);
}

/** A failure that the operation does not document as it is is a breach of the contract, too. */
function documented<Principal, Tools extends object>(
  problem: Problem,
  { request, operation }: Failed,
  { onBreach, breaches }: Options<Principal, Tools>,
): Problem {
  if (!operation) return problem;
  const detail = difference(problem, operation, problemBody(problem, request));
  if (detail === undefined) return problem;
  onBreach?.({ operation: operation.id, status: problem.status, detail });
  return breaches === 'fail' && problem.status !== 500 ? internalError(problem) : problem;
}

function difference(problem: Problem, { replies }: Operation, sentBody: ProblemBody): string | undefined {
  const plan = replies.find(problem.status);
  if (!plan) return `the contract does not document this status (${problem.code})`;
  const body = plan.bodies.find(({ kind, offer }) => kind === 'json' && covers(offer, problemType));
  if (!body) return `the contract does not document it as ${mediaType}`;
  const sent = new Set(Object.keys(problem.headers).map((name) => name.toLowerCase()));
  const missing = plan.requiredHeaders.find(({ name }) => !sent.has(name.toLowerCase()));
  if (missing) return `lacks the required header ${missing.name} (${problem.code})`;
  return body.validator.accepts(sentBody) ? undefined : bodyFaults(body.validator, sentBody);
}
