// The shape of every failure: the same fields as Accord's (RFC 9457), so that no peer saves work on them.

export interface FieldError {
  readonly field: string;
  readonly pointer: string;
  readonly in: string;
  readonly message: string;
  readonly type: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
}

/** Of the request that failed. */
export interface Failed {
  readonly path: string;
  readonly requestId: string;
}

export const problemType = 'application/problem+json; charset=utf-8';

export function notFound(detail: string, failed: Failed): Problem {
  return problem({ status: 404, code: 'not_found', title: 'Not found', detail }, failed);
}

export function unauthorized({ path, requestId }: Failed): Problem {
  const detail = 'Could not validate credentials';
  return problem({ status: 401, code: 'unauthorized', title: 'Unauthorized', detail }, { path, requestId });
}

export function invalid(errors: readonly FieldError[], failed: Failed): Problem {
  const detail = 'The request does not fit the contract.';
  return {
    ...problem({ status: 422, code: 'validation_error', title: 'Unprocessable content', detail }, failed),
    errors,
  };
}

export function internal(failed: Failed): Problem {
  const detail = 'Something went wrong.';
  return problem({ status: 500, code: 'internal_error', title: 'Internal error', detail }, failed);
}

/** An error as Ajv tells it, in the words of a problem. */
export function fieldError(
  place: string,
  error: {
    readonly instancePath: string;
    readonly keyword: string;
    readonly message?: string | undefined;
    readonly params: Readonly<Record<string, unknown>>;
  },
): FieldError {
  const name = error.params['additionalProperty'] ?? error.params['missingProperty'];
  const pointer = typeof name === 'string' ? `${error.instancePath}/${name}` : error.instancePath;
  const field = `${place}${pointer.replaceAll('/', '.')}`;
  return { field, pointer, in: place, message: error.message ?? 'is wrong', type: error.keyword };
}

function problem(
  { status, code, title, detail }: Pick<Problem, 'status' | 'code' | 'title' | 'detail'>,
  { path, requestId }: Failed,
): Problem {
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: path,
    code,
    request_id: requestId,
  };
}
