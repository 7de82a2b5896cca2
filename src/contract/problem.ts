/** RFC 9457 problems: the one shape of every failure, safe to show to a client. */

/** Where a faulty value stood in the request. */
export type FieldLocation = 'path' | 'query' | 'header' | 'cookie' | 'body';

/** One fault of a request, as listed under `errors` of a 422. */
export interface FieldError {
  /** Location and path joined by dots: `body.address.city`. */
  readonly field: string;
  /** JSON pointer inside the location: `/address/city`. */
  readonly pointer: string;
  readonly in: FieldLocation;
  readonly message: string;
  /** The schema keyword that failed: `required`, `maxLength`, … */
  readonly type: string;
}

export interface ProblemOptions {
  readonly status: number;
  /** Stable, machine-readable; the last segment of `type`. */
  readonly code: string;
  readonly title: string;
  /** Shown to the client: never put internals here. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
  /** What went wrong inside; logged, never shown. */
  readonly cause?: unknown;
}

/** The body of an `application/problem+json` reply. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
}

/** A failure with a status of its own. Throw it from any place of a request. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[] | undefined;

  constructor({ status, code, title, detail, headers = {}, errors, cause }: ProblemOptions) {
    super(detail, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.title = title;
    this.headers = headers;
    this.errors = errors;
  }
}

/** The wire form of a problem; `instance` is the path alone, without its query. */
export function problemBody(problem: Problem, request: { path: string; id: string }): ProblemBody {
  return {
    type: `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    instance: request.path,
    code: problem.code,
    request_id: request.id,
    ...(problem.errors && { errors: problem.errors }),
  };
}

export function badRequest(detail: string, cause?: unknown): Problem {
  return new Problem({ status: 400, code: 'bad_request', title: 'Bad request', detail, cause });
}

/** 401 with the challenge that HTTP requires; the same words whatever was wrong. */
export function unauthorized(detail = 'Could not validate credentials', challenge = 'Bearer'): Problem {
  const headers = { 'WWW-Authenticate': challenge };
  return new Problem({ status: 401, code: 'unauthorized', title: 'Unauthorized', detail, headers });
}

export function forbidden(detail: string): Problem {
  return new Problem({ status: 403, code: 'forbidden', title: 'Forbidden', detail });
}

/** 404 for an addressed resource: `notFound('Item', 7)` says "Item 7 not found". */
export function notFound(kind: string, id: number | string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `${kind} ${id} not found`,
  });
}

export function conflict(code: string, detail: string, cause?: unknown): Problem {
  return new Problem({ status: 409, code, title: 'Conflict', detail, cause });
}

export function preconditionFailed(detail: string): Problem {
  return new Problem({ status: 412, code: 'precondition_failed', title: 'Precondition failed', detail });
}

export function requestTimeout(): Problem {
  const detail = 'The body did not arrive in time.';
  return new Problem({ status: 408, code: 'request_timeout', title: 'Request timeout', detail });
}

export function contentTooLarge(maxBytes: number): Problem {
  const detail = `The body may be ${maxBytes} bytes long at most.`;
  return new Problem({ status: 413, code: 'content_too_large', title: 'Content too large', detail });
}

export function validationFailed(errors: readonly FieldError[]): Problem {
  const detail = errors.length === 1 ? 'One value is not valid.' : `${errors.length} values are not valid.`;
  return new Problem({ status: 422, code: 'validation_failed', title: 'Validation failed', detail, errors });
}

/** 503: a designed answer to a fault. `retryAfterSeconds` tells the client when to come back. */
export function serviceUnavailable(
  code: string,
  detail: string,
  { cause, retryAfterSeconds = 1 }: { cause?: unknown; retryAfterSeconds?: number } = {},
): Problem {
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new Problem({ status: 503, code, title: 'Service unavailable', detail, headers, cause });
}

/** The face of every error that nobody foresaw: says nothing, keeps the cause for the log. */
export function internalError(cause: unknown): Problem {
  const detail = 'Something went wrong on our side.';
  return new Problem({ status: 500, code: 'internal_error', title: 'Internal server error', detail, cause });
}
